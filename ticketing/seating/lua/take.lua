-- What the three ways of taking seats share. ARGV: run, hold id, holds per client and minute at most (0: any), and
-- until when in ms the box office may take them, whatever the public's window and number of seats (0: the public asks).
-- KEYS[5] rate    counter of this client's requests in the current minute

local function refused_at_the_gate(mirror, count)
  if not mirror then
    return { 'missing' }
  end
  local rate_max = tonumber(ARGV[3])
  if rate_max > 0 then
    local made = redis.call('INCR', KEYS[5])
    if made == 1 then
      redis.call('PEXPIRE', KEYS[5], 60000)
    end
    if made > rate_max then
      return { 'slow', redis.call('PTTL', KEYS[5]) }
    end
  end
  local by_staff = tonumber(ARGV[4])
  local closes = by_staff > 0 and by_staff or mirror.closes
  if (mirror.open ~= '1' and by_staff == 0) or NOW < mirror.opens or NOW >= closes then
    return { 'closed', digits(mirror.opens), digits(closes) }
  end
  if count > mirror.max and by_staff == 0 then
    return { 'too_many', mirror.max }
  end
  end_expired(mirror)
  return nil
end

-- The client sends a call again when its answer got lost on the way. A second block under the same id would leave the
-- first one held by nobody, so the hold of that id is the answer.
local function take(mirror, indices)
  local hold = { expires = NOW + mirror.ttl, cap = NOW + mirror.cap, seats = table.concat(indices, ',') }
  if not write_new_hold(mirror, ARGV[2], hold) then
    return hold_answer(read_hold(ARGV[2]))
  end
  set_states(indices, HELD)
  -- "12h,13h"
  publish(mirror, string.gsub(hold.seats, ',', HELD .. ',') .. HELD)
  return hold_answer(hold)
end
