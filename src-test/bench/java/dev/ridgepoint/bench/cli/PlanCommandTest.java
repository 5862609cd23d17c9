package dev.ridgepoint.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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

  private static final String SERVE =
      "plan serve Llama-3.1-8B --rps 10 --prompt 1000 --output 250 --ttft 1 --tpot 0.05 ";

  @Test
  void servingPlansKeepTheLimitsAndAreRankedByRent() {
    JsonNode plans = CommandRun.ofLine(SERVE + "--json --top 100").json().at("/plans/ranked");
    assertTrue(plans.size() > 10);
    double rent = 0;
    for (JsonNode plan : plans) {
      assertEquals(
          plan.get("replicas").asLong() * plan.get("tensorParallel").asLong(),
          plan.get("devices").asLong());
      assertTrue(plan.get("timeToFirstTokenSeconds").asDouble() <= 1, plan.toString());
      assertTrue(plan.get("timePerOutputTokenSeconds").asDouble() <= 0.05, plan.toString());
      assertTrue(plan.get("utilization").asDouble() <= 0.8, plan.toString());
      assertTrue(plan.get("batch").asInt() <= plan.get("largestBatch").asInt(), plan.toString());
      assertTrue(plan.get("usdPerMonth").asDouble() >= rent, plan.toString());
      rent = plan.get("usdPerMonth").asDouble();
    }
  }

  @Test
  void tighterLimitsAndMoreLoadCostMore() {
    double usual = rent(SERVE);
    assertTrue(rent(SERVE.replace("--rps 10", "--rps 100")) > 5 * usual);
    assertTrue(rent(SERVE.replace("--tpot 0.05", "--tpot 0.01")) > usual);
    assertTrue(rent(SERVE + "--bound ") < usual);
    CommandRun.ofLine(SERVE + "--usd-per-month 10")
        .assertBadInput("none of 84 choices holds the load");
  }

  private static double rent(String line) {
    return CommandRun.ofLine(line + "--json --top 1")
        .json()
        .at("/plans/ranked/0/usdPerMonth")
        .asDouble();
  }

  @Test
  void countsBeyondALongAreBadInput() {
    CommandRun.ofLine(
            "plan serve --hidden 1048576 --layers 10000 --heads 1024 --vocab 67000000"
                + " --rps 1 --prompt 1000000000 --output 10 --ttft 1 --tpot 1 --device H100")
        .assertBadInput("a count passes 2^63");
  }

  /** What ends at random waits in static batches for the longest of them. */
  @Test
  void continuousBatchingServesWithLessWaiting() {
    String line = SERVE + "--device H100 --random-lengths --json";
    JsonNode rows = CommandRun.ofLine(line).json().at("/simulation/batchings");
    assertEquals("continuous", rows.get(0).get("batching").asString());
    assertEquals("static", rows.get(1).get("batching").asString());
    assertTrue(
        rows.get(0).get("timeToFirstTokenSecondsP50").asDouble()
            < rows.get(1).get("timeToFirstTokenSecondsP50").asDouble());
    assertTrue(
        rows.get(0).get("outputTokensPerSecond").asDouble()
            >= rows.get(1).get("outputTokensPerSecond").asDouble());
    assertEquals(CommandRun.ofLine(line).text(), CommandRun.ofLine(line).text());
    assertNotEquals(CommandRun.ofLine(line).text(), CommandRun.ofLine(line + " --seed 2").text());
  }

  @Test
  void explainsTheCheapestDeployment() {
    String text = CommandRun.ofLine(SERVE + "--explain").text();
    for (String line :
        List.of(
            "  = l p^2 / (2 (1 - l p)) + d(B) / 2 + p",
            "  = the smallest B with l <= 1 / (p + o d(B) / B)")) {
      assertTrue(text.lines().anyMatch(line::equals), line + " in\n" + text);
    }
    assertTrue(text.contains("USD/month\n  = replicas x devices x usdPerHour"), text);
    text.lines().forEach(line -> assertTrue(line.length() <= 100, line));
  }

  /** JSON has the words, a terminal and Markdown have blocks that a shell reads as one line. */
  @Test
  void printsTheLinesThatCarryThePlanOut() {
    for (String line : List.of(SERVE + "--device H100 --top 1 ", PLAN + "--top 1 ")) {
      JsonNode commands = CommandRun.ofLine(line + "--json").json().at("/launch/commands");
      String text = CommandRun.ofLine(line).text();
      String markdown = CommandRun.ofLine(line + "--markdown").text();
      assertTrue(commands.size() > 0);
      for (JsonNode command : commands) {
        List<String> words =
            command.get("arguments").valueStream().map(JsonNode::asString).toList();
        assertTrue(words.size() > 5, words.toString());
        String joined = String.join(" ", words);
        assertTrue(unbroken(text).contains(joined), text);
        assertTrue(unbroken(markdown).contains("```sh " + joined + " ```"), markdown);
      }
    }
  }

  private static String unbroken(String text) {
    return text.replace("\\\n", " ").replaceAll("\\s+", " ");
  }

  @Test
  void explainsTheBestPlan() {
    String text = CommandRun.ofLine(PLAN + "--explain").text();
    assertTrue(text.contains("  = compute + tensor + bubble + pipeline + data"), text);
  }
}
