import assert from "node:assert/strict";
import { deployBoothook } from "./document";
import { useInstances } from "./launching";

const FOLDER = "/var/lib/cloud/instance/network-interface-pool";

const SERVICE = `[Unit]
Description=Wait for the address of the network interface pool
ConditionPathExists=${FOLDER}/wait-for-address.sh
After=cloud-init-local.service
Before=cloud-final.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh ${FOLDER}/wait-for-address.sh team:pool 600
TimeoutStartSec=720
StandardOutput=journal+console

[Install]
WantedBy=multi-user.target
`;

describe("the boothook of a group that waits for its address", () => {
  let boothook = "";
  const { start, restart } = useInstances();

  before(async () => {
    boothook = await deployBoothook({ tagKey: "team:pool" });
  });

  it("installs the script, what it knows of the pool, and a service that runs it before user data", async () => {
    const instance = await start(boothook);
    assert.equal(instance.run(`ls ${FOLDER}`), "pools\nwait-for-address.sh\n");
    assert.equal(instance.run(`cat ${FOLDER}/pools`), "10.0.0.10,10.0.0.11 licence\n");
    assert.equal(instance.run(`head -n 1 ${FOLDER}/wait-for-address.sh`), "#!/bin/sh\n");
    const service = "/etc/systemd/system/network-interface-pool.service";
    assert.equal(instance.run(`cat ${service}`), SERVICE);
    assert.equal(instance.run("ls /etc/systemd/system"), "network-interface-pool.service\n");
  });

  it("starts the service, now and on every boot, and doesn't wait for it", async () => {
    const instance = await start(boothook);
    assert.deepEqual(instance.systemctlCalls(), [
      "daemon-reload",
      "enable --quiet network-interface-pool.service",
      "start --no-block network-interface-pool.service",
    ]);
  });

  it("puts new files in the place of the old ones, lest a shell that runs one reads another", async () => {
    const first = await start(boothook);
    const inode = `stat -c %i ${FOLDER}/wait-for-address.sh`;
    // Open, as by a shell that reads it: else the new file could have its number.
    first.run(`ln ${FOLDER}/wait-for-address.sh ${FOLDER}/open`);
    const before = first.run(inode);
    const second = await restart(first);
    second.runBoothook(boothook);
    assert.notEqual(second.run(inode), before);
    const files = `${FOLDER}/wait-for-address.sh ${FOLDER}/open`;
    assert.equal(second.run(`cmp ${files} && echo same`), "same\n");
  });
});
