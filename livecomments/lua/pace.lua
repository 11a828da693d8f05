-- Shared part: which comments of a busy room its viewers are shown. Tokens come at the room's pace,
-- and a second's worth of them is kept. They are one number, the time up to which they are spent:
-- it moves by the time of one token with each comment shown, so nothing is rounded away.
local PACE_DEFAULT = 20 -- livecomments/protocol/constants.py has the same number
local PACE_KEPT_MS = 1000
-- Whoever was shown so lately gives way to others: there must be a second token.
local PACE_LATELY_MS = 3000
local PACE_ROUNDING_MS = 0.001

-- `per_second` and `spent` as the room state has them. Returns nil where everything is shown.
local function pace_open(per_second, spent, now)
  local pace = tonumber(per_second or PACE_DEFAULT)
  if pace <= 0 then return nil end
  local from = math.max(tonumber(spent or 0), now - PACE_KEPT_MS)
  return { token_ms = 1000 / pace, spent = from, now = now, moved = false }
end

-- True when there is a token for somebody who was last shown at `shown_at`; it is taken.
local function pace_take(pace, shown_at)
  local wanted = pace.now - shown_at < PACE_LATELY_MS and 2 or 1
  if pace.spent + wanted * pace.token_ms > pace.now + PACE_ROUNDING_MS then return false end
  pace.spent = pace.spent + pace.token_ms
  pace.moved = true
  return true
end

local function pace_save(pace, key)
  if pace.moved then
    redis.call('HSET', key, 'pace_spent', string.format('%.3f', pace.spent))
  end
end
