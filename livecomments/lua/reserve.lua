-- Spends, or gives back, the limits over all streams of one shard of people and addresses.
-- uses: clock windows sanctions
--
-- KEYS  1 clock  2 who is suspended everywhere  then one window key per request
-- ARGV  1 the requests, packed, each {cost (negative: give back), limit (-1: none), span ms,
--       the person who must not be suspended, or ''}
-- Returns per request: 0 (spent), the milliseconds to wait (nothing spent), -1 (banned everywhere),
-- or -1 and less the milliseconds that a time-out everywhere still lasts.
-- A request may be given back late or never: the limit may over-refuse for its span, never over-admit.
local requests = cmsgpack.unpack(ARGV[1])
local clock = clock_open(KEYS[1])
local now = clock.now
local waits, spent = {}, false

local function suspension(user)
  if user == '' then return nil end
  local sanction = sanction_of(KEYS[2], user, now)
  if not sanction then return nil end
  return -1 - math.max(0, sanction[2])
end

local function spend(key, cost, limit, span)
  if limit < 0 then return 0 end
  local window, wait = window_open(redis.call('GET', key), now, span), 0
  if cost < 0 then
    window_give_back(window, -cost)
  else
    wait = window_wait(window, now, cost, limit, span)
    if wait == 0 then window_spend(window, now, cost, window_grain(limit, span)) end
  end
  if wait == 0 then
    window_save(key, window, span)
    spent = true
  end
  return wait
end

for i = 1, #requests do
  local cost, limit, span, user = unpack(requests[i])
  waits[i] = (cost > 0 and suspension(user)) or spend(KEYS[i + 2], cost, limit, span)
end
clock_close(clock, spent)
return waits
