-- End the hold of an offer whose deadline is over, unless an order is being written for it just now: then it has been
-- claimed beyond the deadline (see claim_hold.lua). ARGV: run, hold id, deadline in ms. Answers ok (also when it is
-- gone already) | claimed | missing.

local mirror = open_mirror(ARGV[1])
if not mirror then
  return { 'missing' }
end
end_expired(mirror)
local hold = read_hold(ARGV[2])
if hold then
  if hold.expires > tonumber(ARGV[3]) then
    return { 'claimed' }
  end
  local changes = {}
  end_hold(mirror, ARGV[2], hold, changes)
  if #changes > 0 then
    publish(mirror, table.concat(changes, ','))
  end
end
return { 'ok' }
