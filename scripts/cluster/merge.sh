#!/usr/bin/env bash
# After the array: merges when all shards are done, submits again those that are not, or says which failed: merge.sh DIR ATTEMPT.
set -euo pipefail
folder=$1 attempt=$2
source "$folder/job.sh"
missing=()
for ((i = 1; i <= shards; i++)); do [ -e "$folder/done/$i" ] || missing+=("$i"); done
if [ "${#missing[@]}" -gt 0 ]; then
  if [ "$attempt" -lt "$retries" ]; then
    echo "not done: shards ${missing[*]}; once more"
    exec "$here/array.sh" "$folder" $((attempt + 1))
  fi
  echo "given up after $((attempt + 1)) attempts: shards ${missing[*]}; see $folder/logs/shard-I.log" | tee "$folder/failed"
  exit 1
fi
filled=${merge//'{n}'/$shards}
echo "merge of $shards shards: $filled"
if bash -c "$filled"; then
  : > "$folder/merged"
else
  echo "the merge failed: $filled; see $folder/logs/merge.log" | tee "$folder/failed"
  exit 1
fi
