-- Shared part: whether a person may take part in a room. Returns nil or {error code, ms left}.
local function sanction_of(key, user, now)
  local until_ms = redis.call('HGET', key, user)
  if not until_ms then return nil end
  if until_ms == 'ban' then return { 'banned', -1 } end
  local left = tonumber(until_ms) - now
  if left > 0 then return { 'timed_out', left } end
  redis.call('HDEL', key, user)
  return nil
end
