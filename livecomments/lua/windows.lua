-- Shared part: exact sliding windows. A window is a flat list {time, count, time, count, ...} in
-- milliseconds of lua/clock.lua, kept packed in one string. With a grain above 1 a time is rounded
-- up to its grain, so a count expires late: never over-admits, may over-refuse by one grain.

local function window_prune(window, now, longest)
  local kept = {}
  for i = 1, #window, 2 do
    if window[i] > now - longest then
      kept[#kept + 1] = window[i]
      kept[#kept + 1] = window[i + 1]
    end
  end
  return kept
end

local function window_open(packed, now, longest)
  if not packed then return {} end
  return window_prune(cmsgpack.unpack(packed), now, longest)
end

-- Milliseconds until `cost` fits under `limit` in `span`; 0 when it fits now.
local function window_wait(window, now, cost, limit, span)
  local used = 0
  for i = 1, #window, 2 do
    if window[i] > now - span then used = used + window[i + 1] end
  end
  local excess = used + cost - limit
  if excess <= 0 then return 0 end
  for i = 1, #window, 2 do
    if window[i] > now - span then
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
  if last > 0 and window[last - 1] == slot then
    window[last] = window[last] + cost
  else
    window[last + 1] = slot
    window[last + 2] = cost
  end
end

local function window_save(key, window, longest)
  redis.call('SET', key, cmsgpack.pack(window), 'PX', longest + 1000)
end
