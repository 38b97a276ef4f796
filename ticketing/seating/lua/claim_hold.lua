-- Keep a hold alive while its order is written. ARGV: run, hold id, least time left in ms. Answers ok | gone | missing.
-- However often it is tried, an order keeps a hold at most so long beyond its cap.

local mirror = open_mirror(ARGV[1])
if not mirror then
  return { 'missing' }
end
end_expired(mirror)
local hold = read_hold(ARGV[2])
if not hold then
  return { 'gone' }
end
local least = math.min(NOW, hold.cap) + tonumber(ARGV[3])
if hold.expires < least then
  hold.expires = least
  write_hold(mirror, ARGV[2], hold)
end
return hold_answer(hold)
