package dev.ridgepoint.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ScalingCommandTest {
  @Test
  void everyLawSplitsTheBudget() {
    JsonNode optima =
        CommandRun.ofLine("scaling --compute 5.76e23 --json").json().at("/optimum/optima");
    assertEquals(7, optima.size());
    // Hoffmann et al. 2022, arXiv:2203.15556, table 3: 67 billion parameters, 1.5 trillion tokens
    JsonNode first = row(optima, "Chinchilla approach 1");
    assertEquals(67e9, first.get("parameters").asDouble(), 1);
    assertEquals(1.43e12, first.get("tokens").asDouble(), 0.01e12);
    for (JsonNode optimum : optima) {
      if (!optimum.get("law").asString().equals("Kaplan")) {
        double flops = 6 * optimum.get("parameters").asDouble() * optimum.get("tokens").asDouble();
        assertEquals(5.76e23, flops, 1e-9 * flops);
      }
    }
  }

  @Test
  void aRunHasLossesAndTheCostOfItsSize() {
    JsonNode json = CommandRun.ofLine("scaling --params 70B --tokens 1.4T --json").json();
    assertEquals(5.88e23, json.at("/loss/trainingFlops").asDouble(), 1e15);
    // Hoffmann et al. 2022, equation 10, with Chinchilla's own numbers
    double loss = 1.69 + 406.4 / Math.pow(70e9, 0.34) + 410.7 / Math.pow(1.4e12, 0.28);
    assertEquals(
        loss, row(json.at("/loss/losses"), "Chinchilla approach 3").get("loss").asDouble(), 1e-12);
    assertEquals(3, json.at("/overTraining/models").size());
    assertTrue(json.at("/knownRuns/runs").toString().contains("Chinchilla 70B"));
  }

  @Test
  void tooSmallModelsAreNamed() {
    String text = CommandRun.ofLine("scaling --compute 1e24 --params 1B").text();
    assertTrue(text.contains("cannot reach loss"), text);
  }

  @Test
  void explainsItself() {
    String text = CommandRun.ofLine("scaling --params 7B --tokens 2T --explain").text();
    assertTrue(text.contains("  = E + A / N^alpha + B / D^beta"), text);
    assertTrue(text.contains("((N_c / N)^(alpha_N / alpha_D) + D_c / D)^alpha_D"), text);
  }

  private static JsonNode row(JsonNode rows, String law) {
    for (JsonNode row : rows) {
      if (row.get("law").asString().equals(law)) {
        return row;
      }
    }
    throw new AssertionError(law + " in " + rows);
  }
}
