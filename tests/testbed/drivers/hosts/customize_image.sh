# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

# shellcheck shell=sh
# Makes an EC2 host's image of what debootstrap left in $1.

cd "$1" || exit
chroot . useradd --create-home --shell /bin/bash --uid 1000 admin
echo 'admin ALL=(ALL) NOPASSWD:ALL' > etc/sudoers.d/90-cloud-init-users
chmod 440 etc/sudoers.d/90-cloud-init-users

# Each host has keys of its own.
rm etc/ssh/ssh_host_*
cat > etc/ssh/sshd_config.d/host.conf << 'END'
HostKey /etc/ssh/ssh_host_ed25519_key
AuthorizedKeysFile /etc/ssh/authorized_keys
END

# An empty one is filled at a host's first boot.
: > etc/machine-id

# This machine's, not the host's.
rm -f etc/resolv.conf etc/hostname

rm -rf var/cache/apt/archives/*.deb var/lib/apt/lists/* usr/share/doc/* usr/share/man/* usr/share/locale/*
