#!/bin/sh
# Waits until the network interfaces of this instance's pools are up, each with its address and a route of
# its own, and then writes /run/network-interface-pool.env for services to read. It may run on every boot.
#
#   wait-for-address.sh TAG_KEY SECONDS
#
# TAG_KEY is the tag that names the instance's pools, SECONDS the longest it waits. It needs no rights in AWS:
# it asks the instance metadata service alone (IMDSv2). The file `pools` beside it has a line for every pool
# whose addresses are known: all of them in slot order, with commas, and the pool's name.
set -u

tag_key=$1
time_limit=$2
pools_file=$(dirname "$0")/pools
env_file=/run/network-interface-pool.env
metadata_service=http://169.254.169.254/latest

# Whoever configures interfaces here brings a new one up at once; nobody comes later than that.
patience_with_link_down=5
# From then on it asks DHCP, and amazon-ec2-net-utils the metadata, which is late by up to half a minute.
patience_with_link_up=30

# The tables and rules of amazon-ec2-net-utils begin at 10000: these tables are others, and this rule goes first.
first_table=20000
rule_priority=9000

say() {
  printf 'network-interface-pool: %s\n' "$*"
}

seconds_since_boot() {
  # Unlike the time of day it doesn't jump when the clock is set, which happens while machines start.
  read -r uptime _ </proc/uptime
  echo "${uptime%.*}"
}

fetch() {
  curl --silent --fail --noproxy '*' --max-time 2 "$@"
}

fetch_token() {
  fetch --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$metadata_service/api/token"
}

metadata() {
  fetch --header "X-aws-ec2-metadata-token: $token" "$metadata_service/meta-data/$1"
}

# A line for each interface but the primary one, in the order in which pools are attached: network card,
# device index, MAC, subnet, addresses.
list_interfaces() {
  for mac in $(metadata network/interfaces/macs/); do
    mac=${mac%/}
    [ "$mac" = "$primary_mac" ] && continue
    about=network/interfaces/macs/$mac
    device=$(metadata "$about/device-number") || continue
    # AWS documents the former, cloud-init reads the latter; instances with one card may have neither.
    card=$(metadata "$about/network-card-index" || metadata "$about/network-card" || echo 0)
    # Of an interface that was just attached, metadata says 0 until it knows.
    [ "$card $device" = '0 0' ] && continue
    subnet=$(metadata "$about/subnet-ipv4-cidr-block") || continue
    addresses=$(metadata "$about/local-ipv4s" | tr '\n' ' ')
    [ -n "$addresses" ] && echo "$card $device $mac $subnet $addresses"
  done | sort -k 1,1n -k 2,2n
}

# The addresses of a pool in slot order, with commas; nothing where they aren't known.
addresses_of_pool() {
  while read -r addresses name; do
    [ "$name" = "$1" ] && echo "$addresses"
  done <"$pools_file"
}

is_listed() {
  case ",$2," in
    *",$1,"*) return 0 ;;
    *) return 1 ;;
  esac
}

# The addresses of pools that have no interface yet, with commas.
addresses_awaited() {
  while read -r addresses name; do
    is_listed "$name" "$served" || printf '%s,' "$addresses"
  done <"$pools_file"
}

# The interface of a pool: the first with an address of that pool, or, where these aren't known, the first
# that can't be another pool's. In another VPC there may be the same addresses.
pick_interface() {
  known=$(addresses_of_pool "$1")
  others=$(addresses_awaited)
  while read -r card device mac subnet address more; do
    is_listed "$mac" "$picked" && continue
    if [ -n "$known" ]; then
      is_listed "$address" "$known" || continue
    elif is_listed "$address" "$others"; then
      continue
    fi
    echo "$mac $subnet $address $more"
    return
  done <<END
$interfaces
END
}

# The slot of an address, its place in a list with commas; nothing where it isn't there.
slot_of() {
  line=$(echo "$2" | tr , '\n' | grep -n -x -F "$1") && echo $((${line%%:*} - 1))
}

# The name the system gave to the interface with a MAC.
name_of() {
  for file in /sys/class/net/*/address; do
    if [ "$(cat "$file" 2>/dev/null)" = "$1" ]; then
      basename "$(dirname "$file")"
      return
    fi
  done
}

is_link_up() {
  # Of a link that is down, reading it is an error.
  [ "$(cat "/sys/class/net/$interface/carrier" 2>/dev/null)" = 1 ]
}

has_address() {
  ip -4 address show dev "$interface" 2>/dev/null | grep -q -F " inet $1/"
}

# Whether answers from the address leave by its interface, to its subnet's router and to a place beyond (which
# only serves to ask for the route). By another interface EC2 drops them, since the address isn't that one's.
is_routed() {
  for destination in "$router" 192.0.2.1; do
    ip -4 route get "$destination" from "$address" 2>/dev/null | grep -q -F " dev $interface " || return
  done
}

is_ready() {
  is_link_up && has_address "$address" && is_routed
}

# Brings up what nobody did. Later systemd-networkd may be told of the interface, by cloud-init for instance:
# then this file keeps it from taking the address off to ask for it anew.
bring_up() {
  mkdir -p /run/systemd/network &&
    printf '[Match]\nMACAddress=%s\n\n[Link]\nUnmanaged=yes\n' "$mac" \
      >"/run/systemd/network/05-network-interface-pool-$interface.network" &&
    ip link set dev "$interface" up mtu "$(cat "/sys/class/net/$(name_of "$primary_mac")/mtu")"
}

# Does what the distribution left undone. Routes and rules say they are the kernel's, since systemd-networkd
# removes all others it doesn't know, whenever it configures an interface.
configure_interface() {
  say "configures $interface with $address, since nobody else did"
  table=$((first_table + $(cat "/sys/class/net/$interface/ifindex")))
  has_address "$address" || bring_up || return
  for each in $address $more; do
    # In the main table it gets no route: what doesn't ask for this address goes on leaving by the primary interface.
    has_address "$each" || ip -4 address add "$each/${subnet#*/}" dev "$interface" noprefixroute || return
    [ -n "$(ip -4 rule show from "$each" table "$table")" ] ||
      ip -4 rule add from "$each" table "$table" priority "$rule_priority" protocol kernel || return
  done
  ip -4 route replace "$subnet" dev "$interface" table "$table" scope link protocol kernel &&
    ip -4 route replace default via "$router" dev "$interface" table "$table" protocol kernel
}

# Gives the distribution its time, and does the rest.
settle_interface() {
  waited=0
  until is_ready; do
    [ -e "/sys/class/net/$interface" ] || return
    patience=$patience_with_link_down
    is_link_up && patience=$patience_with_link_up
    [ "$waited" -lt "$patience" ] || break
    waited=$((waited + 1))
    sleep 1
  done
  is_ready || { configure_interface && is_ready; }
}

# For a shell and for systemd alike.
quote() {
  printf '"%s"' "$(printf '%s' "$1" | sed 's/["\\$`]/\\&/g')"
}

# One look at the pool in `pool`. It adds what is to be written to `lines`, or says in `missing` what isn't there.
look_at_pool() {
  missing="no interface of pool $pool is in instance metadata"
  found=$(pick_interface "$pool")
  [ -n "$found" ] || return
  read -r mac subnet address more <<END
$found
END
  picked=$picked,$mac
  served=$served,$pool
  missing="the interface of pool $pool, $mac with $address, is in metadata and not in the system"
  interface=$(name_of "$mac")
  [ -n "$interface" ] || return
  base=${subnet%/*}
  router=${base%.*}.$((${base##*.} + 1))
  missing="$interface of pool $pool doesn't come up with $address and a route"
  settle_interface || return
  lines="${lines}ADDRESS$suffix=$(quote "$address")
MAC$suffix=$(quote "$mac")
INTERFACE$suffix=$(quote "$interface")
POOL$suffix=$(quote "$pool")
SLOT$suffix=$(quote "$(slot_of "$address" "$(addresses_of_pool "$pool")")")
"
}

look() {
  missing="the instance metadata service doesn't answer"
  token=$(fetch_token) && primary_mac=$(metadata mac) || return
  missing="instance metadata has no tag $tag_key; the instance needs it, and tags allowed in its metadata"
  tag=$(metadata "tags/instance/$tag_key") && [ -n "$tag" ] || return
  interfaces=$(list_interfaces)
  lines=''
  picked=''
  served=''
  count=0
  while read -r pool; do
    [ -n "$pool" ] || continue
    count=$((count + 1))
    suffix=_$count
    [ "$count" -gt 1 ] || suffix=''
    look_at_pool || return
  done <<END
$(printf '%s\n' "$tag" | tr , '\n')
END
}

for tool in curl ip; do
  command -v "$tool" >/dev/null || {
    say "needs $tool, which is not installed" >&2
    exit 1
  }
done
rm -f "$env_file"
deadline=$(($(seconds_since_boot) + time_limit))
until look; do
  if [ "$(seconds_since_boot)" -ge "$deadline" ]; then
    say "gave up after $time_limit s: $missing" >&2
    exit 1
  fi
  sleep 1
done
printf '%s' "$lines" >"$env_file.new" && mv "$env_file.new" "$env_file" || exit
say "$(printf '%s' "$lines" | tr '\n' ' ')"
