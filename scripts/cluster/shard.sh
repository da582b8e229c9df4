#!/usr/bin/env bash
# One shard, as a task of the array: shard.sh DIR. It is done when its command ends with 0.
set -euo pipefail
folder=$1
source "$folder/job.sh"
i=$SLURM_ARRAY_TASK_ID
filled=()
for word in "${command[@]}"; do
  word=${word//'{shard}'/$i/$shards}
  word=${word//'{i}'/$i}
  filled+=("${word//'{n}'/$shards}")
done
echo "shard $i of $shards on $(hostname): ${filled[*]}"
status=0
"${filled[@]}" || status=$?
if [ "$status" -ne 0 ]; then
  echo "shard $i of $shards failed with status $status"
  exit "$status"
fi
: > "$folder/done/$i"
echo "shard $i of $shards is done"
