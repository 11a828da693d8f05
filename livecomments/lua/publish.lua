#!lua flags=allow-oom
-- Publishes one flush of one stream: frame logs, recent list, reactions and cursor, atomically.
-- uses: fence
--
-- KEYS  1 lease  2 cursor  3 state  4 public frames  5 staff frames  6 recent
--       7 pending reactions  8 reaction totals  9 reaction slices  10 reacting
--       11 tallied  12 delayed  13 delaying  14 unseen
-- ARGV  1 fence  2 epoch  3 flush token  4 through before  5 through after  6 cursor after
--       7 public seq (after), 8 public frame, 9 its side list  (frame '': none)
--       10 staff seq (after), 11 staff frame, 12 its side list
--       13 frames kept  14 recent comments kept  15 room as JSON ('': unchanged)
--       16 viewers ('': unchanged)  17 unix second of the reaction slice
--       18 stream id  19 number of reaction kinds, then per kind: kind, presses
--       then operations, each: add POSITION JSON | remove POSITION - | put POSITION JSON on the recent
--       list (add: it is the newest; put: it goes to its place, or replaces what stands there);
--       delay POSITION JSON | undelay POSITION - on what only staff are shown yet;
--       shown ID -: up to there viewers have been shown what was said; `-`: all of it;
--       unseen KEPT JSON: a note of what is hidden or shown again; so many are kept
-- Returns 'ok'; 'done' when this very flush was published before (its answer was lost);
--       'fenced' for a stale owner; 'moved' when the stream is not where the owner believes.
if not fenced_in(KEYS[1], ARGV[1]) then return 'fenced' end
local now = redis.call('HMGET', KEYS[3], 'epoch', 'token', 'through', 'seq', 'staff_seq')
if now[2] == ARGV[3] then return 'done' end
local public_seq, staff_seq = tonumber(now[4] or 0), tonumber(now[5] or 0)
local next_public = ARGV[8] ~= '' and public_seq + 1 or public_seq
local next_staff = ARGV[11] ~= '' and staff_seq + 1 or staff_seq
if now[1] ~= ARGV[2] or now[3] ~= ARGV[4]
  or next_public ~= tonumber(ARGV[7]) or next_staff ~= tonumber(ARGV[10]) then
  return 'moved'
end

local function append_frame(key, seq, frame, side)
  if frame == '' then return end
  redis.call('XADD', key, 'MAXLEN', '~', ARGV[13], seq .. '-0', 'f', frame, 's', side)
end

append_frame(KEYS[4], ARGV[7], ARGV[8], ARGV[9])
append_frame(KEYS[5], ARGV[10], ARGV[11], ARGV[12])
redis.call('HSET', KEYS[3], 'token', ARGV[3], 'through', ARGV[5], 'seq', ARGV[7], 'staff_seq', ARGV[10])
if ARGV[15] ~= '' then redis.call('HSET', KEYS[3], 'room', ARGV[15]) end
if ARGV[16] ~= '' then redis.call('HSET', KEYS[3], 'viewers', ARGV[16]) end
if ARGV[6] ~= '' then redis.call('SET', KEYS[2], ARGV[6]) end

local kinds = tonumber(ARGV[19])
for i = 1, kinds do
  local kind, presses = ARGV[18 + i * 2], ARGV[19 + i * 2]
  if redis.call('HINCRBY', KEYS[7], kind, -presses) <= 0 then redis.call('HDEL', KEYS[7], kind) end
  redis.call('HINCRBY', KEYS[8], kind, presses)
  redis.call('HINCRBY', KEYS[9], ARGV[17] .. ':' .. kind, presses)
end
if kinds > 0 then
  redis.call('SADD', KEYS[11], ARGV[18])
  if redis.call('EXISTS', KEYS[7]) == 0 then redis.call('SREM', KEYS[10], ARGV[18]) end
end

local function is_before(a, b)
  local a_ms, a_seq = string.match(a, '^(%d+)-(%d+)$')
  local b_ms, b_seq = string.match(b, '^(%d+)-(%d+)$')
  a_ms, a_seq, b_ms, b_seq = tonumber(a_ms), tonumber(a_seq), tonumber(b_ms), tonumber(b_seq)
  return a_ms < b_ms or (a_ms == b_ms and a_seq < b_seq)
end

-- A stream takes only ever higher entries, so to put one back, or in another's place, the short
-- list is written anew.
local function put_back(position, comment)
  local kept = redis.call('XRANGE', KEYS[6], '-', '+')
  redis.call('DEL', KEYS[6])
  local placed = false
  for i = 1, #kept do
    if not placed and is_before(position, kept[i][1]) then
      redis.call('XADD', KEYS[6], position, 'c', comment)
      placed = true
    end
    local text = kept[i][2][2]
    if kept[i][1] == position then placed, text = true, comment end
    redis.call('XADD', KEYS[6], kept[i][1], 'c', text)
  end
  if not placed then redis.call('XADD', KEYS[6], position, 'c', comment) end
end

local added = false
for i = 20 + kinds * 2, #ARGV, 3 do
  if ARGV[i] == 'add' then
    -- After a restore the list may already hold it, or something newer.
    local answer = redis.pcall('XADD', KEYS[6], ARGV[i + 1], 'c', ARGV[i + 2])
    if type(answer) == 'table' and answer.err then put_back(ARGV[i + 1], ARGV[i + 2]) end
    added = true
  elseif ARGV[i] == 'put' then
    put_back(ARGV[i + 1], ARGV[i + 2])
  elseif ARGV[i] == 'delay' then
    redis.call('XADD', KEYS[12], ARGV[i + 1], 'w', ARGV[i + 2])
  elseif ARGV[i] == 'undelay' then
    redis.call('XDEL', KEYS[12], ARGV[i + 1])
  elseif ARGV[i] == 'shown' and ARGV[i + 1] == '-' then
    redis.call('HDEL', KEYS[3], 'shown')
    redis.call('SREM', KEYS[13], ARGV[18])
  elseif ARGV[i] == 'shown' then
    redis.call('HSET', KEYS[3], 'shown', ARGV[i + 1])
    redis.call('SADD', KEYS[13], ARGV[18])
  elseif ARGV[i] == 'unseen' then
    redis.call('XADD', KEYS[14], 'MAXLEN', '~', ARGV[i + 1], '*', 'n', ARGV[i + 2])
  else
    redis.call('XDEL', KEYS[6], ARGV[i + 1])
  end
end
if added then redis.call('XTRIM', KEYS[6], 'MAXLEN', '~', ARGV[14]) end
return 'ok'
