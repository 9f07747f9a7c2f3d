# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

# shellcheck shell=sh
# The first process of a host with cron, in namespaces and a directory of its own. It ends when its standard input does.

mount -t overlay overlay -o lowerdir=image,upperdir=upper,workdir=work root
cd root || exit
# Without it, this is no host that is run by systemd.
rm -f sbin/init
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
mkdir run/sshd run/lock dev/pts dev/shm
mount -t tmpfs -o mode=1777 tmpfs dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mknod -m 666 dev/null c 1 3
mknod -m 666 dev/zero c 1 5
mknod -m 666 dev/full c 1 7
mknod -m 666 dev/random c 1 8
mknod -m 666 dev/urandom c 1 9
mknod -m 666 dev/tty c 5 0
echo "$1" > proc/sys/kernel/hostname
cat > run/boot << 'END'
cron
/usr/sbin/sshd
cat > /dev/null
kill -TERM -1
i=0
while [ "$(find /proc -maxdepth 1 -name '[0-9]*' | wc -l)" -gt 5 ] && [ $i -lt 50 ]; do i=$((i + 1)); sleep 0.1; done
END
pivot_root . .
umount --lazy .
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin tini -- sh -eu /run/boot
