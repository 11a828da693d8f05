-- Counts a batch of reactions of one partition, through the same sliding windows as posts.
-- uses: clock windows sanctions
--
-- KEYS  1 clock  2 ready  3 reacting, then per press: state, sanctions, person's window, pending
-- ARGV  1 number of windows, then per window: limit, span ms
--       then per press: stream id, user id, kind, count
-- Returns per press {'ok', 0} or {error code, retry after ms}. A press counts whole or not at all.
local PRESS_KEYS, PRESS_ARGS = 4, 4
local GRAIN_MS = 50

local windows, longest = {}, 0
for i = 1, tonumber(ARGV[1]) do
  windows[i] = { tonumber(ARGV[i * 2]), tonumber(ARGV[i * 2 + 1]) }
  longest = math.max(longest, windows[i][2])
end
local first_arg = 1 + #windows * 2
local presses = (#KEYS - 3) / PRESS_KEYS
local answers = {}

if not redis.call('GET', KEYS[2]) then
  for i = 1, presses do answers[i] = { 'busy', 1000 } end
  return answers
end
local clock = clock_open(KEYS[1])
local now = clock.now

local function press(keys, args)
  local stream, user, kind, count = ARGV[args + 1], ARGV[args + 2], ARGV[args + 3], ARGV[args + 4]
  local status = redis.call('HGET', KEYS[keys + 1], 'status')
  if not status then return { 'unknown_stream', -1 } end
  local sanction = sanction_of(KEYS[keys + 2], user, now)
  if sanction then return sanction end
  if status ~= 'live' then return { 'stream_not_live', -1 } end
  if #windows > 0 then
    local window = window_open(redis.call('GET', KEYS[keys + 3]), now, longest)
    for i = 1, #windows do
      local wait = window_wait(window, now, tonumber(count), windows[i][1], windows[i][2])
      if wait > 0 then return { 'rate_limited', wait } end
    end
    window_spend(window, now, tonumber(count), GRAIN_MS)
    window_save(KEYS[keys + 3], window, longest)
  end
  redis.call('HINCRBY', KEYS[keys + 4], kind, count)
  redis.call('SADD', KEYS[3], stream)
  return { 'ok', 0 }
end

for i = 1, presses do
  answers[i] = press(3 + (i - 1) * PRESS_KEYS, first_arg + (i - 1) * PRESS_ARGS)
end
clock_close(clock, true)
return answers
