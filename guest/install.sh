#!/bin/sh
# cloud-init runs this early on every boot, as a boothook: it installs the service that waits for the address of
# the network interface pool, and starts it without waiting for it.
set -e

# In one step: a shell that still reads the file that was there must not see another one.
install_file() {
  mkdir -p "${1%/*}"
  cat >"$1.new"
  mv "$1.new" "$1"
}

directory=/var/lib/cloud/instance/network-interface-pool
install_file "$directory/pools" <<'END_OF_FILE'
POOLS
END_OF_FILE
install_file "$directory/wait-for-address.sh" <<'END_OF_FILE'
WAIT_FOR_ADDRESS
END_OF_FILE
install_file /etc/systemd/system/network-interface-pool.service <<'END_OF_FILE'
SERVICE
END_OF_FILE
systemctl daemon-reload
systemctl enable --quiet network-interface-pool.service
systemctl start --no-block network-interface-pool.service
