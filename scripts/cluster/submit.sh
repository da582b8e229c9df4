#!/usr/bin/env bash
# Runs a command in n shards as a Slurm job array, runs failed shards again, and merges the results when all are there.
set -euo pipefail

usage() {
  cat >&2 <<'TEXT'
usage: scripts/cluster/submit.sh --shards N --folder DIR --merge 'COMMAND' [options] -- COMMAND...

  --shards N      shards, numbered from 1 on
  --folder DIR    logs and state; the same folder again continues where it stopped
  --merge 'CMD'   what runs when all shards are done, a line for bash
  --time T        time limit of a shard and of the merge, as sbatch takes it (default 04:00:00)
  --retries R     how often a shard that failed or ran out of time runs again (default 2)
  --at-once K     most shards at a time (default: as many as the cluster gives)
  --sbatch 'OPTS' more options of sbatch, such as '--partition=cpu --mem=8G --cpus-per-task=4'

In both commands {i} is the shard, {n} the number of shards and {shard} is i/n. A shard is done when its command ends with 0.
DIR gets job.sh (what was asked for), logs/shard-I.log, logs/merge.log, done/I, and in the end `merged` or `failed`.
TEXT
  exit 2
}
fail() { echo "submit.sh: $1" >&2; exit 2; }

shards='' folder='' merge='' time=04:00:00 retries=2 at_once='' more=''
while [ $# -gt 0 ]; do
  case $1 in
    --shards) shards=${2-}; shift 2 || usage ;;
    --folder) folder=${2-}; shift 2 || usage ;;
    --merge) merge=${2-}; shift 2 || usage ;;
    --time) time=${2-}; shift 2 || usage ;;
    --retries) retries=${2-}; shift 2 || usage ;;
    --at-once) at_once=${2-}; shift 2 || usage ;;
    --sbatch) more=${2-}; shift 2 || usage ;;
    --) shift; break ;;
    *) usage ;;
  esac
done
[ -n "$folder" ] && [ -n "$merge" ] && [ $# -gt 0 ] || usage
[[ $shards =~ ^[1-9][0-9]*$ ]] || fail "--shards: found '$shards', expected a number from 1 on"
[[ $retries =~ ^[0-9]+$ ]] || fail "--retries: found '$retries', expected a number"
[[ $at_once =~ ^([1-9][0-9]*)?$ ]] || fail "--at-once: found '$at_once', expected a number from 1 on"
command -v sbatch > /dev/null || { echo 'submit.sh: sbatch is not here, expected a machine with Slurm' >&2; exit 3; }
limit=$(scontrol show config | sed -n 's/^MaxArraySize *= *//p')
[ "$shards" -lt "${limit:-1001}" ] || fail "--shards: found $shards, but this cluster takes arrays up to $((limit - 1))"

mkdir -p "$folder/logs" "$folder/done"
folder=$(cd "$folder" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
command=("$@")
asked=$(declare -p shards merge time retries at_once more command here; echo "cd $(printf %q "$PWD")")
if [ -e "$folder/job.sh" ] && [ "$(cat "$folder/job.sh")" != "$asked" ]; then
  fail "$folder/job.sh: holds another run, expected the same one or an empty folder"
fi
# Written whole, since jobs of an earlier call may be reading it.
echo "$asked" > "$folder/job.sh.new"
mv "$folder/job.sh.new" "$folder/job.sh"
rm -f "$folder/merged" "$folder/failed"
"$here/array.sh" "$folder" 0
