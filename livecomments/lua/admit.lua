-- Takes a batch of posts of one partition into the event log: all checks and the append, atomically.
-- uses: clock windows sanctions
--
-- KEYS  1 log  2 clock  3 ready  4 holding
--       then per post: state, sanctions, stream rate, author record, nonce, holds
-- ARGV  1 max entries in the log       2 nonce lifetime ms   3 identical text ms (0: rule off)
--       4 stream limit per second (0: off)                   5 number of windows, then
--       per window: limit for viewers, limit for staff, span ms
--       then per post: stream id, body, body digest, user id, staff (0/1), joined ms, text digest,
--         reserved (0/1; 0: only a nonce that was answered before gets an answer)
-- Returns a list, one per post:
--       {'posted'|'held'|'seen_posted'|'seen_held', position} or {error code, retry after ms}
local POST_KEYS, POST_ARGS = 6, 8
local STREAM_GRAIN_MS = 50

local windows, longest = {}, 1000
for i = 1, tonumber(ARGV[5]) do
  local at = 5 + (i - 1) * 3
  windows[i] = { tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]) }
  longest = math.max(longest, windows[i][3])
end
local first_arg = 5 + #windows * 3
local posts = (#KEYS - 4) / POST_KEYS
local same_text_ms, stream_limit = tonumber(ARGV[3]), tonumber(ARGV[4])

local function all_refused(code, wait)
  local answers = {}
  for i = 1, posts do answers[i] = { code, wait } end
  return answers
end

if not redis.call('GET', KEYS[3]) then return all_refused('busy', 1000) end
if redis.call('XLEN', KEYS[1]) + posts > tonumber(ARGV[1]) then return all_refused('busy', 2000) end

local clock = clock_open(KEYS[2])
local now = clock.now

local function record_open(key)
  local packed = redis.call('GET', key)
  if not packed then return { w = {}, l = 0, x = {} } end
  local record = cmsgpack.unpack(packed)
  record.w = window_prune(record.w, now, longest)
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
local function refusal(post, room, record)
  local sanction = sanction_of(post.sanctions, post.user, now)
  if sanction then return sanction end
  if room[1] ~= 'live' then return { 'stream_not_live', -1 } end
  if not post.staff then
    if room[2] == '1' then return { 'room_closed', -1 } end
    local old_enough = post.joined + tonumber(room[4] or 0) * 60000
    if old_enough > now then return { 'account_too_new', old_enough - now } end
    local slow_until = record.l + tonumber(room[3] or 0) * 1000
    if #windows > 0 and slow_until > now then return { 'slow_mode', slow_until - now } end
  end
  for i = 1, #windows do
    local limit = windows[i][post.staff and 2 or 1]
    local wait = window_wait(record.w, now, 1, limit, windows[i][3])
    if wait > 0 then return { 'rate_limited', wait } end
  end
  if same_text_ms > 0 then
    local wait = same_text_wait(record, post.text)
    if wait > 0 then return { 'identical_text', wait } end
  end
  return nil
end

local function take(post, room, record, stream_window)
  local ms, seq = clock_next(clock)
  local position = whole(ms) .. '-' .. seq
  local held = room[5] == '1' and not post.staff
  local kind = held and 'held' or 'posted'
  redis.call('XADD', KEYS[1], position, 's', post.stream, 'k', 'comment.' .. kind, 'e', post.body)
  if held then
    redis.call('HSET', post.holds, position, post.body)
    redis.call('ZADD', KEYS[4], now, post.stream .. '|' .. position)
  end
  window_spend(record.w, now, 1, 1)
  record.l = now
  if same_text_ms > 0 then
    record.x[#record.x + 1] = post.text
    record.x[#record.x + 1] = now
  end
  local slow_ms = tonumber(room[3] or 0) * 1000
  local keep = math.max(longest, same_text_ms, slow_ms) + 1000
  redis.call('SET', post.author, cmsgpack.pack(record), 'PX', keep)
  redis.call('SET', post.nonce, position .. ':' .. kind .. ':' .. post.digest, 'PX', ARGV[2])
  if stream_limit > 0 then
    window_spend(stream_window, now, 1, STREAM_GRAIN_MS)
    window_save(post.rate, stream_window, 1000)
  end
  return { kind, position }
end

local function seen(post)
  local answer = redis.call('GET', post.nonce)
  if not answer then return nil end
  local position, kind, digest = string.match(answer, '^([^:]+):([^:]+):(.+)$')
  if digest ~= post.digest then return { 'nonce_reused', -1 } end
  return { 'seen_' .. kind, position }
end

local function admit(post)
  local answered = seen(post)
  if answered then return answered end
  if not post.reserved then return { 'rate_limited', -1 } end
  local room = redis.call('HMGET', post.state,
    'status', 'closed', 'slow_seconds', 'min_account_age_minutes', 'review')
  if not room[1] then return { 'unknown_stream', -1 } end
  local record = record_open(post.author)
  local refused = refusal(post, room, record)
  if refused then return refused end
  local stream_window
  if stream_limit > 0 then
    stream_window = window_open(redis.call('GET', post.rate), now, 1000)
    local wait = window_wait(stream_window, now, 1, stream_limit, 1000)
    if wait > 0 then return { 'stream_limited', wait } end
  end
  return take(post, room, record, stream_window)
end

local answers = {}
for i = 1, posts do
  local k, a = 4 + (i - 1) * POST_KEYS, first_arg + (i - 1) * POST_ARGS
  answers[i] = admit({
    state = KEYS[k + 1], sanctions = KEYS[k + 2], rate = KEYS[k + 3],
    author = KEYS[k + 4], nonce = KEYS[k + 5], holds = KEYS[k + 6],
    stream = ARGV[a + 1], body = ARGV[a + 2], digest = ARGV[a + 3], user = ARGV[a + 4],
    staff = ARGV[a + 5] == '1', joined = tonumber(ARGV[a + 6]), text = ARGV[a + 7],
    reserved = ARGV[a + 8] == '1',
  })
end
clock_close(clock, false)
return answers
