-- A hold as it stands. ARGV: run, hold id. Answers ok | gone | missing.

local mirror = open_mirror(ARGV[1])
if not mirror then
  return { 'missing' }
end
end_expired(mirror)
local hold = read_hold(ARGV[2])
if not hold then
  return { 'gone' }
end
return hold_answer(hold)
