#!/usr/bin/env bash
# The machine that a cluster lives in: namespaces of processes, mounts and network of its own. It lasts
# until stdin ends, thus as long as the process that holds the other end, however that one ends; then
# everything in it is gone with it, and what the kernel does not take away by itself is removed.
#
#   machine.bash          prints `<slot> <pid> <folder>` when the machine is there
#   machine.bash inside   its first process
#
# A slot is a number from 0 that no other cluster on this computer has. It decides the addresses, in a
# range that is kept for benchmarks and so is nobody's network (RFC 2544):
#   198.18.<slot>.1    this computer, on a link between both
#   198.18.<slot>.2    the node
#   198.18.<64+slot>.0/24 the pods
#   198.19.<slot>.0/24 the Services
set -euo pipefail

clusters=/var/tmp/slipway-kubernetes

# What the kubelet wants to set for the whole computer. It reads here that it has been set already.
settings=(
  vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1
  kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000
)

inside() {
  local folder=$PWD self setting file
  read -r self _ </proc/self/stat # as the computer sees it, until the next line
  mount -t proc proc /proc
  for setting in "${settings[@]}"; do
    file=$folder/settings/${setting%=*}
    [ -e "/proc/sys/${setting%=*}" ] || continue
    mkdir -p "${file%/*}"
    echo "${setting#*=}" >"$file"
    mount --bind "$file" "/proc/sys/${setting%=*}"
  done
  # In memory what is large and would be written for nothing: images and the store.
  mkdir containerd etcd
  chmod 700 etcd
  mount -t tmpfs -o mode=711 tmpfs "$folder/containerd"
  mount -t tmpfs -o mode=700 tmpfs "$folder/etcd"
  # Folders whose place Kubernetes and containerd do not let one choose.
  mount -t tmpfs tmpfs /run
  mount -t tmpfs tmpfs /var/lib
  mount -t tmpfs tmpfs /var/log
  # 127.0.0.1 is the computer's, so that the node reaches what listens there; its own is 127.0.0.2.
  ip link set lo up
  ip address del 127.0.0.1/8 dev lo
  ip address add 127.0.0.2/32 dev lo
  echo 1 >/proc/sys/net/ipv4/ip_forward
  echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet
  echo "$self" >&8
  exec 8>&-
  while read -r _; do :; done # and bash takes the orphans
}

# Takes the first slot that no living machine has.
take_slot() {
  mkdir -p "$clusters"
  for ((slot = 0; slot < 16; slot++)); do
    exec 9>"$clusters/$slot.lock"
    if flock --nonblock 9; then
      folder=$clusters/$slot link=slipway$slot group=slipway-kubernetes-$slot
      return
    fi
  done
  echo 'there are 16 clusters on this computer already' >&2
  exit 1
}

# Every hierarchy of version 1, and the one of version 2 in whichever place.
hierarchies() { awk '$3 ~ /^cgroup2?$/ { print $2 }' /proc/mounts; }

# What the kubelet wants of version 2, where the root hands no more to its children than init asked for.
controllers=(cpu cpuset io memory pids hugetlb)

make_groups() {
  local hierarchy controller
  while read -r hierarchy; do
    for controller in "${controllers[@]}"; do
      grep -qsw "$controller" "$hierarchy/cgroup.controllers" || continue
      ! grep -qsw "$controller" "$hierarchy/cgroup.subtree_control" || continue
      echo "$hierarchy $controller" >>handed
      echo "+$controller" >"$hierarchy/cgroup.subtree_control"
    done
    mkdir "$hierarchy/$group"
  done < <(hierarchies)
}

remove_groups() {
  local hierarchy controller try
  while read -r hierarchy; do
    for ((try = 0; try < 100; try++)); do
      [ -d "$hierarchy/$group" ] || break
      # A process that has just been killed may not have left yet.
      find "$hierarchy/$group" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.05
    done
  done < <(hierarchies)
  [ -e "$folder/handed" ] || return 0
  # Not while another cluster has it, which then leaves it as it found it.
  while read -r hierarchy controller; do
    echo "-$controller" 2>/dev/null >"$hierarchy/cgroup.subtree_control" || true
  done <"$folder/handed"
}

remove() {
  ip link delete "$link" 2>/dev/null || true
  remove_groups
  rm -rf --one-file-system "$folder"
}

machine() {
  local pid unshared
  trap '' HUP INT TERM # it ends when its machine does
  take_slot
  remove # what was left where this script was killed itself
  trap remove EXIT
  mkdir -m 700 "$folder"
  cd "$folder"
  make_groups
  mkfifo born
  unshare --net --mount --propagation slave --pid --fork --kill-child \
    bash "$script" inside <&0 8>born >&2 & # which holds the lock as well
  unshared=$!
  read -r pid <born
  ip link add "$link" type veth peer name eth0 netns "$pid"
  echo 1 >"/proc/sys/net/ipv6/conf/$link/disable_ipv6" 2>/dev/null || true
  ip address add "198.18.$slot.1/30" dev "$link"
  ip link set "$link" up
  # What the node sends to 127.0.0.1 comes in by this link.
  echo 1 >"/proc/sys/net/ipv4/conf/$link/route_localnet"
  node=(nsenter --net="/proc/$pid/ns/net" ip)
  "${node[@]}" address add "198.18.$slot.2/30" dev eth0
  "${node[@]}" link set eth0 up
  "${node[@]}" route add 127.0.0.1/32 via "198.18.$slot.1" dev eth0 src "198.18.$slot.2"
  ip route add "198.18.$((64 + slot)).0/24" via "198.18.$slot.2"
  ip route add "198.19.$slot.0/24" via "198.18.$slot.2"
  echo "$slot $pid $folder"
  exec <&- >/dev/null
  wait "$unshared" || true
}

script=$(readlink -f "${BASH_SOURCE[0]}")
if [ "${1:-}" = inside ]; then inside; else machine; fi
