import { groupFitsPool } from "../../policy/group-fits-pool";
import { tooLarge, whetherFits } from "./messages";
import { asks, casesOf, configured, inPreview, table } from "./policyCases";
import { idOf, later, madeOf } from "./policyEngine";
import { group, nativeWeb, networkInterface, poolTag, resource, web } from "./stackBuilders";

type Props = Record<string, unknown>;

/** Beside the one of the compliant stack. */
const twoMore = [1, 2].map((slot) => networkInterface(`licence-${slot}`));

const schedule = (props: Props, name = "night") =>
  resource("aws:autoscaling/schedule:Schedule", name, {
    autoscalingGroupName: idOf("web"),
    ...props,
  });

const nativeSchedule = (props: Props) =>
  resource("aws-native:autoscaling:ScheduledAction", "night", {
    autoScalingGroupName: idOf("web"),
    ...props,
  });

const nativeWarmPool = (props: Props, name = "warm") =>
  resource("aws-native:autoscaling:WarmPool", name, {
    autoScalingGroupName: idOf("web"),
    ...props,
  });

const refresh = (preferences: unknown) => ({
  instanceRefresh: { strategy: "Rolling", preferences },
});

const maintenance = (minHealthyPercentage: number, maxHealthyPercentage: number) => ({
  instanceMaintenancePolicy: { minHealthyPercentage, maxHealthyPercentage },
});

const surged = (percent: number) => `maxSize, instance refresh up to ${percent} %`;

const { holdEach } = casesOf(groupFitsPool);

describe("readCapacity", () => {
  describe("counts what scheduled actions allow", () => {
    const byNight = (most: number) => tooLarge(most, 'maxSize of schedule "night"');
    const elsewhere = group("other", { tags: [] });
    holdEach(table`
      and stops one that allows too many: ${schedule({ maxSize: 3 })} ${byNight(3)}
      and stops one of aws-native: ${nativeWeb()} ${nativeSchedule({ maxSize: 3 })} ${byNight(3)}
      and names the greatest of several:
        ${schedule({ maxSize: 3 })} ${schedule({ maxSize: 5 }, "day")}
        ${schedule({ maxSize: 4 }, "noon")} ${web({ maxSize: 2 })}
        ${tooLarge(5, 'maxSize of schedule "day"')}
      by the literal name of the group:
        ${web({ name: "web-group" })} ${schedule({ autoscalingGroupName: "web-group", maxSize: 3 })}
        ${byNight(3)}
      by the literal name of a group of aws-native:
        ${nativeWeb({ autoScalingGroupName: "web-group" })}
        ${schedule({ autoscalingGroupName: "web-group", maxSize: 3 })} ${byNight(3)}
      and passes those that allow fewer, or leave maxSize as it is:
        ${schedule({ maxSize: 1 })} ${schedule({ maxSize: -1 }, "day")}
        ${schedule({ desiredCapacity: 0 }, "noon")}
      but not those of other groups:
        ${elsewhere} ${schedule({ autoscalingGroupName: idOf("other"), maxSize: 9 })}
        ${schedule({ autoscalingGroupName: "elsewhere", maxSize: 9 }, "day")}
      and leaves to up one whose maxSize is unknown:
        ${schedule({ maxSize: later(3) })} ${asks(whetherFits("maxSize"))}
      and does not ask for a maxSize that the program left out:
        ${{ ...schedule({ desiredCapacity: 1 }), outputs: { maxSize: later(0) } }} ${inPreview}
      and leaves to up one whose group is one of two:
        ${elsewhere}
        ${schedule({ autoscalingGroupName: madeOf(["other", "web"], "web-id"), maxSize: 9 })}
        ${asks(whetherFits("maxSize"))}
      and leaves to up one whose group is unknown:
        ${schedule({ autoscalingGroupName: later("web-id"), maxSize: 9 })}
        ${asks(whetherFits("maxSize"))}
    `);
  });

  describe("adds the surge of an instance refresh", () => {
    const empty = (preferences: object) => ({
      maxSize: 0,
      tags: [poolTag("bastion")],
      ...refresh(preferences),
    });
    holdEach(table`
      that may go beyond 100 %:
        ${web(refresh({ minHealthyPercentage: 100, maxHealthyPercentage: 200 }))}
        ${tooLarge(2, surged(200))}
      rounded up to whole instances:
        ${twoMore} ${web({ maxSize: 3, ...refresh({ maxHealthyPercentage: 101 }) })}
        ${tooLarge(4, surged(101), 3)}
      but not rounded where it is whole:
        ${twoMore} ${web({ maxSize: 2, ...refresh({ maxHealthyPercentage: 150 }) })}
      to what a scheduled action allows:
        ${schedule({ maxSize: 2 })} ${web(refresh({ maxHealthyPercentage: 150 }))}
        ${tooLarge(3, 'maxSize of schedule "night", instance refresh up to 150 %')}
      that keeps 100 % healthy and so launches first:
        ${web(refresh({ minHealthyPercentage: 100 }))}
        ${tooLarge(2, "maxSize, instance refresh that launches first")}
      but none where instances end first:
        ${web(refresh({ minHealthyPercentage: 99, maxHealthyPercentage: 100 }))}
      but none by default: ${web(refresh(undefined))}
      but none to a group of no instances:
        ${web(empty({ minHealthyPercentage: 100 }))}
        ${group("other", empty({ maxHealthyPercentage: 200 }))}
        ${configured({ pools: { bastion: { size: 0 } } })}
    `);
  });

  describe("adds the surge of an instanceMaintenancePolicy", () => {
    const upTo = (percent: number) => `maxSize, instanceMaintenancePolicy up to ${percent} %`;
    holdEach(table`
      that may go beyond 100 %: ${web(maintenance(90, 110))} ${tooLarge(2, upTo(110))}
      that launches first:
        ${web(maintenance(100, 100))}
        ${tooLarge(2, "maxSize, instanceMaintenancePolicy that launches first")}
      of aws-native: ${nativeWeb(maintenance(100, 200))} ${tooLarge(2, upTo(200))}
      or of the refresh, whichever is more:
        ${web({ ...maintenance(100, 200), maxSize: 2, ...refresh({ maxHealthyPercentage: 110 }) })}
        ${tooLarge(4, upTo(200))}
      but none where instances end first: ${web(maintenance(0, 100))}
      but none that is taken away by -1: ${web(maintenance(-1, -1))}
    `);
  });

  describe("adds the running instances of a warm pool", () => {
    const WARM = "with the warm pool's running instances";
    const withWarm = (warmPool: Props) => web({ warmPool });
    const running = (props: Props = {}) => ({ poolState: "Running", ...props });
    holdEach(table`
      but not stopped ones: ${withWarm({ poolState: "Stopped", minSize: 5 })}
      but not hibernated ones: ${withWarm({ poolState: "Hibernated", maxGroupPreparedCapacity: 5 })}
      but not those of the default state: ${withWarm({ minSize: 5 })}
      beside a full group: ${withWarm(running({ minSize: 2 }))} ${tooLarge(3, `maxSize, ${WARM}`)}
      up to the prepared capacity:
        ${withWarm(running({ minSize: 1, maxGroupPreparedCapacity: 5 }))}
        ${tooLarge(5, `maxSize, ${WARM}`)}
      but none beyond maxSize where nothing more is prepared: ${withWarm(running())}
      but none beyond maxSize by a prepared capacity below it:
        ${twoMore} ${web({ maxSize: 3, warmPool: running({ maxGroupPreparedCapacity: 2 }) })}
      beside the surge of a refresh:
        ${web({ warmPool: running({ minSize: 1 }), ...refresh({ maxHealthyPercentage: 200 }) })}
        ${tooLarge(3, `${surged(200)}, ${WARM}`)}
      of a WarmPool resource of aws-native:
        ${nativeWeb()} ${nativeWarmPool(running({ minSize: 2 }))} ${tooLarge(3, `maxSize, ${WARM}`)}
      of a WarmPool resource by its prepared capacity, which is a text:
        ${nativeWeb()} ${nativeWarmPool(running({ maxGroupPreparedCapacity: "4" }))}
        ${tooLarge(4, `maxSize, ${WARM}`)}
      but not of a stopped WarmPool resource, nor of another group's:
        ${nativeWeb()} ${nativeWarmPool({ poolState: "Stopped", minSize: 2 })}
        ${nativeWarmPool(running({ autoScalingGroupName: "elsewhere", minSize: 2 }), "other")}
      and leaves to up a state that is unknown:
        ${withWarm({ poolState: later("Running"), minSize: 2 })} ${asks(whetherFits("warmPool"))}
      and leaves to up a WarmPool resource whose group is unknown:
        ${nativeWeb()}
        ${nativeWarmPool(running({ autoScalingGroupName: later("web-id"), minSize: 2 }))}
        ${asks(whetherFits("warmPool"))}
    `);
  });

  describe("names what is unknown", () => {
    holdEach(table`
      a maxSize: ${web({ maxSize: later(1) })} ${asks(whetherFits("maxSize"))}
      a refresh:
        ${twoMore} ${web({ instanceRefresh: later({}) })} ${asks(whetherFits("instanceRefresh", 3))}
      a part of a refresh:
        ${web(refresh({ maxHealthyPercentage: later(100) }))}
        ${asks(whetherFits("instanceRefresh"))}
      several settings:
        ${web({ maxSize: later(1), instanceMaintenancePolicy: later({}), warmPool: later({}) })}
        ${asks(whetherFits("maxSize and instanceMaintenancePolicy and warmPool"))}
    `);
  });
});
