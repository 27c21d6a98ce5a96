import { groupFitsPool } from "../../policy/group-fits-pool";
import { holdEach } from "./policyCases";
import { group, managerFunction, networkInterface, poolTag } from "./stackBuilders";
import { type WrittenResource, later, madeOf } from "./policyEngine";

const web = (maxSize: unknown, value = "licence") =>
  group("web", { maxSize, tags: [poolTag(value)] });

/** A manager with these settings of pools. */
const manager = (settings: object, variables: Record<string, unknown> = {}): WrittenResource =>
  managerFunction({ POOL_SETTINGS: JSON.stringify(settings), ...variables });

const standsBy = (
  pool = "licence",
  most = 3,
  size = "1 interface",
  standbys = "2 instances stand",
) =>
  `Auto Scaling group "web" may run ${most} instances (maxSize), and pool "${pool}" has ${size}: ${standbys} ` +
  "by without an address.";

const found =
  'Auto Scaling group "web" may run 3 instances (maxSize), but pool "licence" has 1 interface';
const tooLarge = `${found}. Let it run 1 at most, or give the pool 3 interfaces.`;
const open = `${found}; whether the manager lets the others stand by isn't known yet`;

const CONTINUE = { whenExhausted: "continue" };

describe("group-fits-pool and standbys", () => {
  describe("notes how many stand by", () => {
    holdEach(groupFitsPool, [
      {
        title: "of a pool whose manager lets them continue",
        changes: [manager({ licence: CONTINUE }), web(3)],
        advice: [standsBy()],
      },
      {
        title: "of any pool where the manager lets all continue",
        changes: [managerFunction({ WHEN_POOL_IS_EXHAUSTED: "continue" }), web(3)],
        advice: [standsBy()],
      },
      {
        title: "of a pool without settings of its own, as the manager has it",
        changes: [
          manager({ other: { whenExhausted: "wait" } }, { WHEN_POOL_IS_EXHAUSTED: "continue" }),
          web(2),
        ],
        advice: [standsBy("licence", 2, "1 interface", "1 instance stands")],
      },
      {
        title: "of a pool of two interfaces, one",
        changes: [manager({ licence: CONTINUE }), networkInterface("licence-1"), web(3)],
        advice: [standsBy("licence", 3, "2 interfaces", "1 instance stands")],
      },
      {
        title: "of another stack's pool, as the configuration has it",
        changes: [web(3, "pair")],
        config: { pools: { pair: { size: 2, whenExhausted: "continue" } } },
        advice: [standsBy("pair", 3, "2 interfaces", "1 instance stands")],
      },
      {
        title: "of a pool that another manager looks after, by the one that does",
        changes: [
          { ...managerFunction({ POOL_TAGS: '["bastion"]' }), name: "other" },
          managerFunction({ POOL_TAGS: '["pair,licence"]', WHEN_POOL_IS_EXHAUSTED: "continue" }),
          web(3),
        ],
        advice: [standsBy()],
      },
      {
        title: "by the manager of this pool tag, not by that of another",
        changes: [
          { ...managerFunction({ POOL_TAG_KEY: "team:pool" }), name: "other" },
          managerFunction({ WHEN_POOL_IS_EXHAUSTED: "continue" }),
          web(3),
        ],
        advice: [standsBy()],
      },
      {
        title: "though interfaces whose tags aren't known yet may be the pool's",
        changes: [
          manager({ licence: CONTINUE }),
          networkInterface("later", { tags: later({}) }),
          web(3),
        ],
        advice: [standsBy()],
        preview: true,
      },
      {
        title: "and says so where groups share such a pool",
        changes: [manager({ licence: CONTINUE }), group("api")],
        advice: [
          'Auto Scaling groups "web", "api" share pool "licence" with 1 interface and may together run 2 ' +
            "instances; some would stand by without an address.",
        ],
      },
    ]);
  });

  describe("has nothing to say", () => {
    holdEach(groupFitsPool, [
      {
        title: "where there are interfaces for all",
        changes: [manager({ licence: CONTINUE })],
      },
      {
        title: "of a maxSize that is unknown, whichever it is",
        changes: [manager({ licence: CONTINUE }), web(later(1))],
      },
      {
        title: "of a pool whose size can't be known, since all may be standbys",
        changes: [web(3, "pair")],
        config: { pools: { pair: { whenExhausted: "continue" } } },
      },
      {
        title: "of a standby group of a pool whose size can't be known",
        changes: [web(3, "pair")],
        config: { pools: { pair: {} }, standbyGroups: ["web"] },
      },
    ]);
  });

  describe("stops a group larger than its pool", () => {
    holdEach(groupFitsPool, [
      {
        title: "whose manager lets launches wait",
        changes: [manager({ licence: { whenExhausted: "wait" } }), web(3)],
        violations: [tooLarge],
      },
      {
        title: "whose manager abandons launches",
        changes: [managerFunction({ WHEN_POOL_IS_EXHAUSTED: "abandon" }), web(3)],
        violations: [tooLarge],
      },
      {
        title: "that has settings of its own, whatever the manager's for all",
        changes: [
          manager({ licence: { whenExhausted: "wait" } }, { WHEN_POOL_IS_EXHAUSTED: "continue" }),
          web(3),
        ],
        violations: [tooLarge],
      },
      {
        title: "of another name than the pool that lets instances continue",
        changes: [manager({ licences: CONTINUE }), web(3)],
        violations: [tooLarge],
      },
      {
        title: "that no manager of this stack looks after",
        changes: [
          managerFunction({ POOL_TAGS: '["bastion"]', WHEN_POOL_IS_EXHAUSTED: "continue" }),
          web(3),
        ],
        violations: [tooLarge],
      },
      {
        title: "by what the manager of this stack is told, not by the configuration",
        changes: [managerFunction({ WHEN_POOL_IS_EXHAUSTED: "wait" }), web(3)],
        config: { pools: { licence: CONTINUE } },
        violations: [tooLarge],
      },
      {
        title: "of another stack's pool that lets launches wait",
        changes: [web(3)],
        config: { pools: { licence: { whenExhausted: "wait" } } },
        violations: [tooLarge],
      },
    ]);
  });

  describe("leaves to up", () => {
    const unknown = managerFunction({
      POOL_TAGS: '["licence","second"]',
      POOL_SETTINGS: madeOf(["a"], JSON.stringify({ licence: CONTINUE })),
    });
    holdEach(groupFitsPool, [
      {
        title: "whether others stand by while settings are unknown",
        changes: [unknown, web(3)],
        notes: [open],
        preview: true,
      },
      {
        title: "nothing, and notes in the up how many do",
        changes: [unknown, web(3)],
        advice: [standsBy()],
        preview: false,
      },
      {
        title: "whether others stand by while the manager's choice for all is unknown",
        changes: [managerFunction({ WHEN_POOL_IS_EXHAUSTED: later("wait") }), web(3)],
        notes: [open],
        preview: true,
      },
      {
        title: "nothing that the configuration decides",
        changes: [unknown, web(3)],
        config: { pools: { licence: { whenExhausted: "wait" } } },
        violations: [tooLarge],
        preview: true,
      },
    ]);
  });
});
