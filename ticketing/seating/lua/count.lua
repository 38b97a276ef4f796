-- How many places are in each state. ARGV: run. Answers ok, free, held, reserved, sold, kept back | missing.

if not mirror_is_there(ARGV[1]) then
  return { 'missing' }
end
end_expired()
local map = redis.call('GET', SEATS)
local answer = { 'ok' }
for _, state in ipairs({ 'f', 'h', 'r', 's', 'b' }) do
  local _, count = string.gsub(map, state, '')
  answer[#answer + 1] = count
end
return answer
