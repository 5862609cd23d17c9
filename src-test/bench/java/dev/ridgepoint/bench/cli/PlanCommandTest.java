package dev.ridgepoint.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PlanCommandTest {
  private static final String PLAN =
      "plan train Llama-3.1-8B --devices 16 --device A100 --global-batch 64 --seq 2048 ";

  @Test
  void plansAreRankedAndFit() {
    List<Map<String, String>> plans = CommandRun.ofLine(PLAN + "--csv --top 100").csv();
    assertTrue(plans.size() > 1);
    double seconds = 0;
    for (Map<String, String> plan : plans) {
      int devices =
          Integer.parseInt(plan.get("dataParallel"))
              * Integer.parseInt(plan.get("tensorParallel"))
              * Integer.parseInt(plan.get("pipelineParallel"));
      assertEquals(16, devices, plan.toString());
      assertTrue(Long.parseLong(plan.get("deviceBytes")) <= 84_000_000_000L, plan.toString());
      double step = Double.parseDouble(plan.get("stepSeconds"));
      assertTrue(step >= seconds, plan.toString());
      seconds = step;
      assertEquals(64 * 2048 / step, Double.parseDouble(plan.get("tokensPerSecond")), 1e-6 / step);
    }
  }

  @Test
  void aRunTakesItsTokensOverItsRate() {
    JsonNode plan =
        CommandRun.ofLine(PLAN + "--tokens 1T --top 1 --usd-per-hour 1 --json")
            .json()
            .at("/plans/ranked/0");
    double seconds = 1e12 / plan.get("tokensPerSecond").asDouble();
    assertEquals(seconds, plan.get("runSeconds").asDouble(), 1e-6 * seconds);
    assertEquals(seconds / 3600 * 16, plan.get("runUsd").asDouble(), 1e-6 * seconds);
  }

  @Test
  void slowerLinksMakeSlowerPlans() {
    double fast = best("--link 300GB");
    double slow = best("--link 300GB --per-node 1 --outer-link 10GB");
    assertTrue(slow > fast);
    assertTrue(best("--link 300GB --latency 0.001") > fast);
  }

  private static double best(String arguments) {
    return CommandRun.ofLine(PLAN + arguments + " --json")
        .json()
        .at("/plans/ranked/0/stepSeconds")
        .asDouble();
  }

  @Test
  void explainsTheBestPlan() {
    String text = CommandRun.ofLine(PLAN + "--explain").text();
    assertTrue(text.contains("  = compute + tensor + bubble + pipeline + data"), text);
  }
}
