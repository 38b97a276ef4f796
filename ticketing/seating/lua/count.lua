-- How many places are in each state. ARGV: run. Answers ok, free, held, reserved, sold, kept back | missing.

local mirror = open_mirror(ARGV[1])
if not mirror then
  return { 'missing' }
end
end_expired(mirror)
local map = redis.call('GET', SEATS)
if not map then
  return { 'missing' }
end
local answer = { 'ok' }
for _, state in ipairs({ 'f', 'h', 'r', 's', '[bw]' }) do
  local _, count = string.gsub(map, state, '')
  answer[#answer + 1] = count
end
return answer
