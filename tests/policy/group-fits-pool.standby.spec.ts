import { groupFitsPool } from "../../policy/group-fits-pool";
import { sharesPool, standsBy, tooLarge } from "./messages";
import { advises, asks, casesOf, configured, inPreview, inUp, table } from "./policyCases";
import { later, madeOf, type WrittenResource } from "./policyEngine";
import {
  group,
  managerFunction,
  managerOf,
  nativeWeb,
  networkInterface,
  web,
  webOf,
} from "./stackBuilders";

const three = web({ maxSize: 3 });
const threeOfPair = webOf("pair", { maxSize: 3 });

const CONTINUE = { whenExhausted: "continue" };
const continues = managerOf({ licence: CONTINUE });

/** A manager with this choice for every pool. */
const forAll = (choice: unknown, variables: Record<string, unknown> = {}) =>
  managerFunction({ WHEN_POOL_IS_EXHAUSTED: choice, ...variables });

const other = (manager: WrittenResource) => ({ ...manager, name: "other" });

const { holdEach } = casesOf(groupFitsPool);

describe("group-fits-pool and standbys", () => {
  describe("notes how many stand by", () => {
    holdEach(table`
      of a pool whose manager lets them continue: ${continues} ${three} ${advises(standsBy(3))}
      of any pool where the manager lets all continue:
        ${forAll("continue")} ${three} ${advises(standsBy(3))}
      of a pool without settings of its own, as the manager has it:
        ${managerOf({ other: { whenExhausted: "wait" } }, { WHEN_POOL_IS_EXHAUSTED: "continue" })}
        ${web({ maxSize: 2 })} ${advises(standsBy(2))}
      of a pool of two interfaces, one:
        ${continues} ${networkInterface("licence-1")} ${three} ${advises(standsBy(3, 2))}
      of another stack's pool, as the configuration has it:
        ${threeOfPair} ${configured({ pools: { pair: { size: 2, ...CONTINUE } } })}
        ${advises(standsBy(3, 2, "pair"))}
      of a pool that another manager looks after, by the one that does:
        ${other(managerFunction({ POOL_TAGS: '["bastion"]' }))}
        ${forAll("continue", { POOL_TAGS: '["pair,licence"]' })} ${three} ${advises(standsBy(3))}
      by the manager of this pool tag, not by that of another:
        ${other(managerFunction({ POOL_TAG_KEY: "team:pool" }))} ${forAll("continue")} ${three}
        ${advises(standsBy(3))}
      though interfaces whose tags aren't known yet may be the pool's:
        ${continues} ${networkInterface("later", { tags: later({}) })} ${three} ${inPreview}
        ${advises(standsBy(3))}
      and says so where groups share such a pool:
        ${continues} ${group("api")}
        ${advises(sharesPool('"web", "api"', 1, 2, { outcome: "stand by without" }))}
    `);
  });

  describe("only advises on a standby group", () => {
    const standby = (...standbyGroups: string[]) => configured({ standbyGroups });
    const named = web({ maxSize: 2, name: "web-group" });
    holdEach(table`
      that is named by its resource:
        ${web({ maxSize: 2 })} ${standby("web")} ${advises(standsBy(2))}
      that is named by its own name:
        ${named} ${standby("other", "web-group")} ${advises(standsBy(2))}
      of aws-native that is named by its own name:
        ${nativeWeb({ maxSize: "2", autoScalingGroupName: "web-group" })} ${standby("web-group")}
        ${advises(standsBy(2))}
      and on no other: ${named} ${standby("web-groups", "we")} ${tooLarge(2)}
    `);
  });

  describe("has nothing to say", () => {
    holdEach(table`
      where there are interfaces for all: ${continues}
      of a maxSize that is unknown, whichever it is: ${continues} ${web({ maxSize: later(1) })}
      of a pool whose size can't be known, since all may be standbys:
        ${threeOfPair} ${configured({ pools: { pair: CONTINUE } })}
      of a standby group of a pool whose size can't be known:
        ${threeOfPair} ${configured({ pools: { pair: {} }, standbyGroups: ["web"] })}
    `);
  });

  describe("stops a group larger than its pool", () => {
    const waits = { licence: { whenExhausted: "wait" } };
    holdEach(table`
      whose manager lets launches wait: ${managerOf(waits)} ${three} ${tooLarge(3)}
      whose manager abandons launches: ${forAll("abandon")} ${three} ${tooLarge(3)}
      that has settings of its own, whatever the manager's for all:
        ${managerOf(waits, { WHEN_POOL_IS_EXHAUSTED: "continue" })} ${three} ${tooLarge(3)}
      of another name than the pool that lets instances continue:
        ${managerOf({ licences: CONTINUE })} ${three} ${tooLarge(3)}
      that no manager of this stack looks after:
        ${forAll("continue", { POOL_TAGS: '["bastion"]' })} ${three} ${tooLarge(3)}
      by what the manager of this stack is told, not by the configuration:
        ${forAll("wait")} ${three} ${configured({ pools: { licence: CONTINUE } })} ${tooLarge(3)}
      of another stack's pool that lets launches wait:
        ${three} ${configured({ pools: waits })} ${tooLarge(3)}
    `);
  });

  describe("leaves to up", () => {
    const unknown = managerFunction({
      POOL_TAGS: '["licence","second"]',
      POOL_SETTINGS: madeOf(["a"], JSON.stringify({ licence: CONTINUE })),
    });
    const open = asks(
      'Auto Scaling group "web" may run 3 instances (maxSize), but pool "licence" has 1 interface; whether ' +
        "the manager lets the others stand by isn't known yet",
    );
    holdEach(table`
      whether others stand by while settings are unknown, and notes there how many do:
        ${unknown} ${three} ${inPreview} ${open} ${inUp} ${advises(standsBy(3))}
      whether others stand by while the manager's choice for all is unknown:
        ${forAll(later("wait"))} ${three} ${open}
      nothing that the configuration decides:
        ${unknown} ${three} ${configured({ pools: { licence: { whenExhausted: "wait" } } })}
        ${inPreview} ${tooLarge(3)}
    `);
  });
});
