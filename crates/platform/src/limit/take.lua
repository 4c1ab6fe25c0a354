-- The buckets KEYS[1] at the time ARGV[1], then for each its increment and its capacity: what `Request::apply` does.
local now, stored, before, after, allowed, last = tonumber(ARGV[1]), {}, {}, {}, true, 0
for at in string.gmatch(redis.call('GET', KEYS[1]) or '', '%d+') do
  stored[#stored + 1] = tonumber(at)
end
for i = 1, (#ARGV - 1) / 2 do
  local increment, capacity = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  before[i] = math.min(math.max(stored[i] or now, now), now + capacity)
  after[i] = before[i] + increment
  allowed = allowed and after[i] - now <= capacity
  last = math.max(last, after[i])
end
local full_at = allowed and after or before
if allowed and last > now then
  local text = {}
  for i, at in ipairs(full_at) do text[i] = string.format('%.0f', at) end
  redis.call('SET', KEYS[1], table.concat(text, ' '), 'PX', math.ceil((last - now) / 1000))
end
table.insert(full_at, 1, allowed and 1 or 0)
return full_at
