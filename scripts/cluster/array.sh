#!/usr/bin/env bash
# Submits the shards of a folder that are not done, and behind them the job that merges or tries again: array.sh DIR ATTEMPT.
# The merge waits for the end of the array, whatever it is: with "afterok" one failed shard would keep it waiting for ever.
set -euo pipefail
folder=$1 attempt=$2
source "$folder/job.sh"

missing=()
for ((i = 1; i <= shards; i++)); do [ -e "$folder/done/$i" ] || missing+=("$i"); done
read -ra options <<< "$more"
dependency=()
if [ "${#missing[@]}" -gt 0 ]; then
  list=$(IFS=,; echo "${missing[*]}")
  array=$(sbatch --parsable --job-name=fastmamba --array="$list${at_once:+%$at_once}" --time="$time" \
    --output="$folder/logs/shard-%a.log" --open-mode=append ${options[@]+"${options[@]}"} "$here/shard.sh" "$folder")
  dependency=(--dependency="afterany:$array")
  echo "attempt $((attempt + 1)): shards $list, job $array"
fi
job=$(sbatch --parsable --job-name=fastmamba-merge "${dependency[@]}" --time="$time" \
  --output="$folder/logs/merge.log" --open-mode=append ${options[@]+"${options[@]}"} "$here/merge.sh" "$folder" "$attempt")
echo "merge: job $job"
