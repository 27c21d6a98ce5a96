import assert from "node:assert/strict";
import { planPools } from "../../handler/plan";
import {
  addressWait,
  attach,
  attachingWait,
  detach,
  freeInterface,
  heldInterface,
  instance,
  launchedAtMinute,
  OTHER_POOL,
  OTHER_ZONE,
  pendingWait,
  placesOf,
  plan,
  POOL,
  poolExhausted,
  releasingWait,
  settings,
  snapshot,
  ZONE,
} from "./builders";

describe("planPools", () => {
  it("does nothing when every instance has an address and the rest are free", () => {
    const observed = snapshot({
      interfaces: [heldInterface(1, "i-a"), freeInterface(2)],
      instances: [instance("i-a")],
      members: { "i-a": "InService" },
    });
    assert.deepEqual(planPools(observed, settings()), plan());
  });

  describe("order", () => {
    it("gives the first address to the instance that waits longest", () => {
      const observed = snapshot({
        interfaces: [freeInterface(1), freeInterface(2)],
        instances: [
          instance("i-a", { launchTime: launchedAtMinute(2) }),
          instance("i-b", { launchTime: launchedAtMinute(1) }),
        ],
      });
      const actions = [attach(1, "i-b"), attach(2, "i-a")];
      assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    });

    it("takes instances of the same launch time in the order of their ids", () => {
      const observed = snapshot({
        interfaces: [freeInterface(1), freeInterface(2)],
        instances: [instance("i-b"), instance("i-a")],
      });
      const actions = [attach(1, "i-a"), attach(2, "i-b")];
      assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    });

    it("compares addresses as numbers, not as text", () => {
      const observed = snapshot({
        interfaces: [freeInterface(10), freeInterface(9)],
        instances: [instance("i-a")],
      });
      const actions = [attach(9, "i-a")];
      assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    });

    it("compares every part of an address, the first part first", () => {
      const observed = snapshot({
        interfaces: [
          freeInterface(1, { address: "10.1.0.0" }),
          freeInterface(2, { address: "10.0.255.255" }),
          freeInterface(3, { address: "9.255.255.255" }),
        ],
        instances: [instance("i-a"), instance("i-b"), instance("i-c")],
      });
      const actions = [
        attach(3, "i-a", { address: "9.255.255.255" }),
        attach(2, "i-b", { address: "10.0.255.255" }),
        attach(1, "i-c", { address: "10.1.0.0" }),
      ];
      assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    });

    it("takes interfaces of the same address in the order of their ids", () => {
      const observed = snapshot({
        interfaces: [
          freeInterface(2, { address: "10.0.0.1" }),
          freeInterface(1, { address: "10.0.0.1" }),
        ],
        instances: [instance("i-a")],
      });
      assert.deepEqual(planPools(observed, settings()), plan({ actions: [attach(1, "i-a")] }));
    });
  });

  describe("matching", () => {
    it("matches by Availability Zone, whatever the subnet of the address", () => {
      const observed = snapshot({
        interfaces: [
          freeInterface(1, { availabilityZone: OTHER_ZONE }),
          freeInterface(2, { address: "172.16.0.5" }),
        ],
        instances: [instance("i-a")],
      });
      const actions = [attach(2, "i-a", { address: "172.16.0.5" })];
      assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    });

    it("reports an instance in a zone where its pool has no interface", () => {
      const observed = snapshot({
        interfaces: [freeInterface(1, { availabilityZone: OTHER_ZONE })],
        instances: [instance("i-a")],
      });
      const problems = [poolExhausted("i-a", `pool ${POOL} has no interface in ${ZONE}`)];
      assert.deepEqual(planPools(observed, settings()), plan({ problems }));
    });

    it("gives an instance no address of another pool", () => {
      const observed = snapshot({
        interfaces: [freeInterface(1, { pool: OTHER_POOL })],
        instances: [instance("i-a")],
      });
      const problems = [poolExhausted("i-a", `pool ${POOL} has no interface in ${ZONE}`)];
      assert.deepEqual(planPools(observed, settings()), plan({ problems }));
    });

    it("counts the interfaces of the zone when all are taken", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a"), heldInterface(2, "i-b")],
        instances: [instance("i-a"), instance("i-b"), instance("i-c")],
      });
      const problems = [poolExhausted("i-c", `all 2 of pool ${POOL} in ${ZONE} are taken`)];
      assert.deepEqual(planPools(observed, settings()), plan({ problems }));
    });

    it("lets an instance wait for the addresses that are on their way back", () => {
      const observed = snapshot({
        interfaces: [
          heldInterface(2, "i-old", { status: "detaching" }),
          freeInterface(1, { status: "pending" }),
        ],
        instances: [instance("i-a"), instance("i-old", { state: "shutting-down" })],
      });
      const waits = [
        releasingWait(1, "its status is pending"),
        releasingWait(2, "it is detaching from i-old"),
        addressWait("i-a", "10.0.0.1, 10.0.0.2"),
      ];
      assert.deepEqual(planPools(observed, settings()), plan({ waits }));
    });

    it("names ten of the addresses on their way back, and counts the others", () => {
      const numbers = Array.from({ length: 12 }, (_, index) => index + 1);
      const reasons = (count: number) => {
        const interfaces = numbers.slice(0, count).map((number) => {
          return freeInterface(number, { status: "pending" });
        });
        const { waits } = planPools(
          snapshot({ interfaces, instances: [instance("i-a")] }),
          settings(),
        );
        return waits.filter(({ instanceId }) => instanceId === "i-a");
      };
      const ten = numbers.slice(0, 10).map((number) => `10.0.0.${number}`);
      assert.deepEqual(reasons(10), [addressWait("i-a", ten.join(", "))]);
      assert.deepEqual(reasons(12), [addressWait("i-a", `${ten.join(", ")} and 2 more`)]);
    });

    it("gives no address to an instance that is pending", () => {
      const observed = snapshot({
        interfaces: [freeInterface(1)],
        instances: [instance("i-a", { state: "pending" })],
      });
      const waits = [pendingWait("i-a")];
      assert.deepEqual(planPools(observed, settings()), plan({ waits }));
    });

    for (const state of ["stopping", "stopped", "shutting-down", "terminated"]) {
      it(`gives no address to an instance that is ${state}`, () => {
        const observed = snapshot({
          interfaces: [freeInterface(1)],
          instances: [instance("i-a", { state })],
        });
        assert.deepEqual(planPools(observed, settings()), plan());
      });
    }

    it("gives no address to an instance without the tag", () => {
      const observed = snapshot({
        interfaces: [freeInterface(1)],
        instances: [instance("i-a", { poolTag: undefined })],
      });
      assert.deepEqual(planPools(observed, settings()), plan());
    });

    for (const lifecycleState of [
      "Terminating",
      "Terminating:Retained",
      "Terminated",
      "Warmed:Running",
    ]) {
      it(`gives no address to a member that is ${lifecycleState}`, () => {
        const observed = snapshot({
          interfaces: [freeInterface(1)],
          instances: [instance("i-a")],
          members: { "i-a": lifecycleState },
        });
        assert.deepEqual(planPools(observed, settings()), plan());
      });
    }

    for (const lifecycleState of ["Pending:Proceed", "InService", "Standby", "Detaching"]) {
      it(`gives an address to a member that is ${lifecycleState}`, () => {
        const observed = snapshot({
          interfaces: [freeInterface(1)],
          instances: [instance("i-a")],
          members: { "i-a": lifecycleState },
        });
        assert.deepEqual(planPools(observed, settings()), plan({ actions: [attach(1, "i-a")] }));
      });
    }

    it("gives an address to a member that is Pending, and leaves the rest to the launch hook's event", () => {
      const observed = snapshot({
        interfaces: [freeInterface(1)],
        instances: [instance("i-a")],
        members: { "i-a": "Pending" },
      });
      const actions = [attach(1, "i-a", { watch: false })];
      assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    });
  });

  describe("surplus", () => {
    it("takes back the interface at the higher device index", () => {
      const observed = snapshot({
        interfaces: [
          heldInterface(1, "i-a", { deviceIndex: 3 }),
          heldInterface(2, "i-a", { deviceIndex: 2 }),
        ],
        instances: [instance("i-a")],
      });
      const actions = [detach(1, "i-a", "surplus")];
      assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    });

    it("takes back the interface on the higher card before the one at the higher index", () => {
      const observed = snapshot({
        interfaces: [
          heldInterface(1, "i-a", { networkCardIndex: 1, deviceIndex: 0 }),
          heldInterface(2, "i-a", { networkCardIndex: 0, deviceIndex: 5 }),
        ],
        instances: [instance("i-a")],
      });
      const actions = [detach(1, "i-a", "surplus")];
      assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    });

    it("lets no launch go on by the interface that is given back", () => {
      const observed = snapshot({
        interfaces: [
          heldInterface(1, "i-a", { status: "attaching" }),
          heldInterface(2, "i-a", { deviceIndex: 2 }),
        ],
        instances: [instance("i-a")],
        members: { "i-a": "Pending:Wait" },
      });
      const kinds = planPools(observed, settings()).actions.map(({ kind }) => kind);
      assert.deepEqual(kinds, ["detach"]);
    });

    // The history of seed 155 lost an address so.
    it("takes nothing back for an interface that the instance doesn't list itself", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a"), heldInterface(2, "i-a", { deviceIndex: 2 })],
        instances: [instance("i-a")],
      });
      const lists = (number: number) => ({
        ...observed,
        instances: {
          "i-a": instance("i-a", { places: placesOf("i-a", [heldInterface(number, "i-a")]) }),
        },
      });
      assert.deepEqual(planPools(lists(1), settings()).actions, []);
      assert.deepEqual(planPools(lists(2), settings()).actions, []);
    });

    it("takes back all interfaces but one", () => {
      const observed = snapshot({
        interfaces: [
          heldInterface(1, "i-a", { deviceIndex: 1 }),
          heldInterface(2, "i-a", { deviceIndex: 2 }),
          heldInterface(3, "i-a", { deviceIndex: 3 }),
        ],
        instances: [instance("i-a")],
      });
      const actions = [detach(2, "i-a", "surplus"), detach(3, "i-a", "surplus")];
      assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    });

    it("asks back a surplus interface only once while the detachment is awaited", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a"), heldInterface(2, "i-a", { deviceIndex: 2 })],
        instances: [instance("i-a")],
        deferred: { "attach-2": { reason: "its detachment was asked for", forGood: false } },
      });
      assert.deepEqual(planPools(observed, settings()), plan());
    });

    it("takes back nothing that EC2 doesn't show on the instance yet", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a"), freeInterface(2)],
        instances: [instance("i-a")],
        recentAttachments: { "eni-2": "i-a" },
      });
      const waits = [attachingWait(2, "i-a")];
      assert.deepEqual(planPools(observed, settings()), plan({ waits }));
    });

    it("keeps the launch waiting for an address that a surplus sets free", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a"), heldInterface(2, "i-a", { deviceIndex: 2 })],
        instances: [instance("i-a"), instance("i-b")],
      });
      const actions = [detach(2, "i-a", "surplus")];
      const waits = [addressWait("i-b", "10.0.0.2")];
      assert.deepEqual(planPools(observed, settings()), plan({ actions, waits }));
    });
  });
});
