-- Takes a batch of posts of one partition into the event log: all checks and the append, atomically.
-- uses: clock windows sanctions pace
--
-- KEYS  1 log  2 clock  3 ready  4 holding  5 behind
--       then per room: state, sanctions, stream rate, holds
--       then per post: author record, nonce
-- ARGV  1 the batch, packed: {max entries in the log, nonce lifetime ms, identical text ms (0: rule
--         off), stream limit per second (0: off), the least slow mode of a raid in ms, windows,
--         rooms, posts}
--         window: {limit for viewers, limit for staff, span ms}    room: stream id
--         post: {which room (1 …), body, body digest, user id, staff, joined ms, text digest,
--         reserved (false: only a nonce that was answered before gets an answer), hold (true: it
--         waits for a moderator), more (text that is kept with the nonce)}
-- Returns {ms that the fan-out is behind (0: it keeps up), answers}, one answer per post:
--       {'posted'|'held'|'left', position}, or, when this nonce was answered before, the word with
--       'seen_' before it, the position and what was kept with the nonce; or {error code, retry
--       after ms}. 'left': posted, but left out of what viewers are shown, because the room is
--       busier than its pace. Its log entry has the field l.
local ROOM_KEYS, POST_KEYS, FIRST_KEY = 4, 2, 5
local STREAM_GRAIN_MS = 50

local max_entries, nonce_ms, same_text_ms, stream_limit, raid_slow_ms, windows, streams, posts =
  unpack(cmsgpack.unpack(ARGV[1]))

local function all_refused(code, wait)
  local answers = {}
  for i = 1, #posts do answers[i] = { code, wait } end
  return { 0, answers }
end

if not redis.call('GET', KEYS[3]) then return all_refused('busy', 1000) end
if redis.call('XLEN', KEYS[1]) + #posts > max_entries then return all_refused('busy', 2000) end

local clock = clock_open(KEYS[2])
local now = clock.now

local longest = 1000
for i = 1, #windows do longest = math.max(longest, windows[i][3]) end

-- What a person lately said here: v a list of windows, l the last time, x texts and their times,
-- s when something of theirs was last shown.
local function record_open(key)
  local packed = redis.call('GET', key)
  local record = packed and cmsgpack.unpack(packed) or { l = 0, x = {}, s = 0 }
  record.v = record.v or {}
  for i = 1, #windows do
    record.v[i] = window_prune(record.v[i] or window_new(), now, windows[i][3])
  end
  return record
end

local function same_text_wait(record, digest)
  local kept, wait = {}, 0
  for i = 1, #record.x, 2 do
    local left = record.x[i + 1] + same_text_ms - now
    if left > 0 then
      kept[#kept + 1] = record.x[i]
      kept[#kept + 1] = record.x[i + 1]
      if record.x[i] == digest then wait = left end
    end
  end
  record.x = kept
  return wait
end

-- What the room and the person's own pace say. Returns nil (welcome) or a refusal.
local function refusal(room, record, user, staff, joined, text)
  if room.sanctions then
    local sanction = sanction_of(room.sanctions, user, now)
    if sanction then return sanction end
  end
  if not room.live then return { 'stream_not_live', -1 } end
  if not staff then
    if room.closed then return { 'room_closed', -1 } end
    local old_enough = joined + room.min_age_ms
    if old_enough > now then return { 'account_too_new', old_enough - now } end
    local slow_until = record.l + room.slow_ms
    if #windows > 0 and slow_until > now then return { 'slow_mode', slow_until - now } end
  end
  for i = 1, #windows do
    local window = windows[i]
    local wait = window_wait(record.v[i], now, 1, window[staff and 2 or 1], window[3])
    if wait > 0 then return { 'rate_limited', wait } end
  end
  if same_text_ms > 0 then
    local wait = same_text_wait(record, text)
    if wait > 0 then return { 'identical_text', wait } end
  end
  if room.window then
    local wait = window_wait(room.window, now, 1, stream_limit, 1000)
    if wait > 0 then return { 'stream_limited', wait } end
  end
  return nil
end

local function kind_of(room, record, staff, hold)
  if staff then return 'posted' end
  if hold or room.review then return 'held' end
  if not room.pace then return 'posted' end
  if not pace_take(room.pace, record.s or 0) then return 'left' end
  record.s = now
  return 'posted'
end

local function append(room, body, position, kind)
  if kind == 'held' then
    redis.call('XADD', KEYS[1], position, 's', room.stream, 'k', 'comment.held', 'e', body)
    redis.call('HSET', room.holds, position, body)
    redis.call('ZADD', KEYS[4], now, room.stream .. '|' .. position)
  elseif kind == 'left' then
    redis.call('XADD', KEYS[1], position, 's', room.stream, 'k', 'comment.posted', 'e', body,
      'l', '1')
  else
    redis.call('XADD', KEYS[1], position, 's', room.stream, 'k', 'comment.posted', 'e', body)
  end
end

local function spend(room, record, staff, text)
  for i = 1, #windows do
    local window = windows[i]
    window_spend(record.v[i], now, 1, window_grain(window[staff and 2 or 1], window[3]))
  end
  record.l = now
  if same_text_ms > 0 then
    record.x[#record.x + 1] = text
    record.x[#record.x + 1] = now
  end
  if room.window then window_spend(room.window, now, 1, STREAM_GRAIN_MS) end
  room.taken = true
end

-- Each room of the batch is read once and written once, however many of its posts are in it.
local function room_open(i)
  local k = FIRST_KEY + (i - 1) * ROOM_KEYS
  local kept = redis.call('HMGET', KEYS[k + 1], 'status', 'closed', 'slow_seconds',
    'min_account_age_minutes', 'review', 'pace', 'pace_spent', 'raid_until')
  if not kept[1] then return nil end
  local window
  if stream_limit > 0 then window = window_open(redis.call('GET', KEYS[k + 3]), now, 1000) end
  local slow_ms = tonumber(kept[3] or 0) * 1000
  if tonumber(kept[8] or 0) > now then slow_ms = math.max(slow_ms, raid_slow_ms) end
  return {
    stream = streams[i], state = KEYS[k + 1], rate = KEYS[k + 3], holds = KEYS[k + 4],
    sanctions = redis.call('EXISTS', KEYS[k + 2]) == 1 and KEYS[k + 2],
    taken = false,
    live = kept[1] == 'live',
    closed = kept[2] == '1',
    slow_ms = slow_ms,
    min_age_ms = tonumber(kept[4] or 0) * 60000,
    review = kept[5] == '1',
    pace = pace_open(kept[6], kept[7], now),
    window = window,
  }
end

local function room_close(room)
  if not room.taken then return end
  if room.window then window_save(room.rate, room.window, 1000) end
  if room.pace then pace_save(room.pace, room.state) end
end

local rooms = {}
for i = 1, #streams do rooms[i] = room_open(i) or false end

local function seen(answer, digest)
  local position, kind, said, more = string.match(answer, '^([^:]+):([^:]+):([^:]+):?(.*)$')
  if said ~= digest then return { 'nonce_reused', -1 } end
  return { 'seen_' .. kind, position, more }
end

local function admit(post, author, nonce)
  local which, body, digest, user, staff, joined, text, reserved, hold, more = unpack(post)
  local answered = redis.call('GET', nonce)
  if answered then return seen(answered, digest) end
  if not reserved then return { 'rate_limited', -1 } end
  local room = rooms[which]
  if not room then return { 'unknown_stream', -1 } end
  local record = record_open(author)
  local refused = refusal(room, record, user, staff, joined, text)
  if refused then return refused end
  local ms, seq = clock_next(clock)
  local position = whole(ms) .. '-' .. seq
  local kind = kind_of(room, record, staff, hold)
  append(room, body, position, kind)
  spend(room, record, staff, text)
  local lately = room.pace and PACE_LATELY_MS or 0
  local keep = math.max(longest, same_text_ms, room.slow_ms, lately) + 1000
  redis.call('SET', author, cmsgpack.pack(record), 'PX', keep)
  redis.call('SET', nonce, position .. ':' .. kind .. ':' .. digest .. ':' .. more, 'PX', nonce_ms)
  return { kind, position }
end

local answers = {}
local first = FIRST_KEY + #streams * ROOM_KEYS
for i = 1, #posts do
  local k = first + (i - 1) * POST_KEYS
  answers[i] = admit(posts[i], KEYS[k + 1], KEYS[k + 2])
end
for i = 1, #streams do
  if rooms[i] then room_close(rooms[i]) end
end
clock_close(clock, false)
return { tonumber(redis.call('GET', KEYS[5]) or 0), answers }
