#!/usr/bin/env bash
# A Slurm of one node on this machine, in a folder of its own, for tests: one-node.sh start|stop DIR. Needs Debian's slurmctld, slurmd and munge.
# Its clients need SLURM_CONF=DIR/slurm.conf.
set -euo pipefail
do=$1 dir=$2
node=$(uname -n | cut -d. -f1)
export PATH=$PATH:/usr/sbin:/sbin

# Waits for their end: they write until then.
stop() {
  for name in slurmd slurmctld munged; do
    [ -s "$dir/$name.pid" ] || continue
    pid=$(cat "$dir/$name.pid")
    kill "$pid" 2> /dev/null || continue
    for _ in $(seq 50); do
      kill -0 "$pid" 2> /dev/null || continue 2
      sleep 0.1
    done
    kill -9 "$pid" 2> /dev/null || true
  done
}

start() {
  umask 022
  mkdir -p "$dir/state" "$dir/spool"
  chmod 700 "$dir/state"
  mkdir -m 700 "$dir/munge"
  chmod 755 "$dir"
  head -c 128 /dev/urandom > "$dir/munge/key"
  chmod 600 "$dir/munge/key"
  # --force: the folder above may be one that all may write to.
  munged --force --key-file="$dir/munge/key" --socket="$dir/munge.socket" --pid-file="$dir/munged.pid" \
    --log-file="$dir/munge/log" --seed-file="$dir/munge/seed"
  # Two free ports.
  read -r control daemon < <(node -e '
    const net = require("node:net");
    const servers = [0, 0].map(() => net.createServer().listen(0));
    setTimeout(() => { console.log(servers.map((s) => s.address().port).join(" ")); process.exit(); }, 100);')
  cat > "$dir/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$control
SlurmdPort=$daemon
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
CredType=cred/munge
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,sched_min_interval=0
InactiveLimit=0
KillWait=1
ReturnToService=2
NodeName=$node NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
  export SLURM_CONF="$dir/slurm.conf"
  slurmctld -c
  slurmd -N "$node"
  for _ in $(seq 100); do
    [ "$(sinfo -h -o %t 2> /dev/null || true)" = idle ] && return
    sleep 0.2
  done
  echo 'the node does not become idle:' >&2
  tail -n 20 "$dir"/slurmctld.log "$dir"/slurmd.log >&2
  exit 1
}

"$do"
