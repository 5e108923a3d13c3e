# slurm: a Slurm of one machine in the folder $1, for tests (sourced). Gives slurm_begin, whether it came up,
# and slurm_end.
slurm_begin() {
    slurm=$1
    for c in munged slurmctld slurmd sbatch squeue; do
        PATH=$PATH:/usr/sbin command -v $c > /dev/null || return 1
    done
    PATH=$PATH:/usr/sbin
    user=$(id -un) host=$(hostname -s)
    mkdir -p "$slurm/state" "$slurm/spool" && chmod 755 "$slurm"
    head -c 1024 /dev/urandom > "$slurm/key" && chmod 400 "$slurm/key"
    munged --force --key-file="$slurm/key" --socket="$slurm/munge" --pid-file="$slurm/munge.pid" \
        --log-file="$slurm/munge.log" --seed-file="$slurm/seed" || return 1
    cat > "$slurm/slurm.conf" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
SlurmctldPort=17817
SlurmdPort=17818
AuthType=auth/munge
AuthInfo=socket=$slurm/munge
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool
SlurmctldPidFile=$slurm/slurmctld.pid
SlurmdPidFile=$slurm/slurmd.pid
SlurmctldLogFile=$slurm/slurmctld.log
SlurmdLogFile=$slurm/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=bf_interval=1,sched_interval=1,sched_min_interval=0
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
    export SLURM_CONF="$slurm/slurm.conf"
    slurmctld -i > "$slurm/said" 2>&1 && slurmd >> "$slurm/said" 2>&1 || return 1
    for i in $(seq 60); do
        sinfo -h -o %t 2> /dev/null | grep -q idle && return 0
        sleep .5
    done
    return 1
}

# Those that it started, by their ids.
slurm_end() {
    for p in slurmd slurmctld munge; do
        [ -s "$slurm/$p.pid" ] && kill "$(cat "$slurm/$p.pid")" 2> /dev/null
    done
    sleep 1
}
