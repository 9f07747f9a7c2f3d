# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

# shellcheck shell=sh
# The first process around a host with systemd, in namespaces and a directory of its own. It ends when its standard input
# does.

mount -t overlay overlay -o lowerdir=image,upperdir=upper,workdir=work root
# Where nspawn would leave something behind on this machine.
mount -t tmpfs tmpfs /run

# A cgroup of its own in each hierarchy that systemd manages: it goes on inside, beside the machine's own systemd.
for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
  if [ -e "$hierarchy/cgroup.procs" ]; then
    mkdir "$hierarchy/$1"
    echo 1 > "$hierarchy/$1/cgroup.procs"
  fi
done

systemd-nspawn --quiet --directory=root --boot --register=no --keep-unit --machine="$1" --console=pipe \
  --resolv-conf=off --network-namespace-path=/proc/self/ns/net < /dev/null &
cat > /dev/null
kill -TERM $!
wait $!
