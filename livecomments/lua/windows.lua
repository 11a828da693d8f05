-- Shared part: exact sliding windows. A window is a flat list {total, time, count, time, count, ...}
-- with times in milliseconds of lua/clock.lua, ascending, kept packed in one string. With a grain
-- above 1 a time is rounded up to its grain, so a count expires late: never over-admits, may
-- over-refuse by one grain.

-- Few are counted to the millisecond; of many, each stands for up to a twentieth of the span, so
-- that a window stays short however large its limit.
local WINDOW_EXACT, WINDOW_SLOTS = 30, 20

local function window_grain(limit, span)
  if limit <= WINDOW_EXACT then return 1 end
  return math.max(1, math.floor(span / WINDOW_SLOTS))
end

local function window_new()
  return { 0 }
end

local function window_prune(window, now, longest)
  local oldest, size = now - longest, #window
  if size == 1 or window[2] > oldest then return window end
  local kept = window_new()
  for i = 2, size, 2 do
    if window[i] > oldest then
      kept[#kept + 1] = window[i]
      kept[#kept + 1] = window[i + 1]
      kept[1] = kept[1] + window[i + 1]
    end
  end
  return kept
end

local function window_open(packed, now, longest)
  if not packed then return window_new() end
  return window_prune(cmsgpack.unpack(packed), now, longest)
end

-- Milliseconds until `cost` fits under `limit` in `span`; 0 when it fits now.
local function window_wait(window, now, cost, limit, span)
  if window[1] + cost <= limit then return 0 end
  local used, size, oldest = 0, #window, now - span
  for i = 2, size, 2 do
    if window[i] > oldest then used = used + window[i + 1] end
  end
  local excess = used + cost - limit
  if excess <= 0 then return 0 end
  for i = 2, size, 2 do
    if window[i] > oldest then
      excess = excess - window[i + 1]
      if excess <= 0 then return math.max(1, window[i] + span - now) end
    end
  end
  return span
end

local function window_spend(window, now, cost, grain)
  local slot = now
  if grain > 1 then slot = now - (now % grain) + grain - 1 end
  local last = #window
  window[1] = window[1] + cost
  if last > 1 and window[last - 1] == slot then
    window[last] = window[last] + cost
  else
    window[last + 1] = slot
    window[last + 2] = cost
  end
end

-- The newest go first: who gives back has spent just now.
local function window_give_back(window, cost)
  for slot = #window, 3, -2 do
    local taken = math.min(cost, window[slot])
    window[slot] = window[slot] - taken
    window[1] = window[1] - taken
    cost = cost - taken
  end
end

local function window_save(key, window, longest)
  redis.call('SET', key, cmsgpack.pack(window), 'PX', longest + 1000)
end
