package dev.ridgepoint.bench.roofline;

import static dev.ridgepoint.bench.roofline.ForeignProject.metric;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The profiler in somebody else's project, which knows nothing of Ridgepoint's command line. */
class RooflineProfilerTest {
  private static final String MACHINE =
      """
      {"cpu": "a", "cores": 1, "vectorBits": 256, "memoryBytes": 1,
       "peaks": [{"dtype": "F32", "threads": 1, "flopsPerSecond": 1e15, "lowestFlopsPerSecond": 1e15}],
       "bandwidths": [{"threads": 1, "level": "L1", "workingSetBytes": 1024,
                       "bytesPerSecond": 1e15, "lowestBytesPerSecond": 1e15}]}
      """;

  @TempDir private Path folder;

  private ForeignProject project;

  @BeforeEach
  void makeProject() {
    project = new ForeignProject(folder);
  }

  /** The README's example, where no machine is known; then once more, where it is. */
  @Test
  void theReadmesExampleRuns() throws IOException, InterruptedException {
    Matcher example =
        Pattern.compile("```java\n(package example;.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("../../README.md")));
    assertTrue(example.find());
    project.compile("example.DotProduct", example.group(1));

    JsonNode result = project.measure().get(0);
    assertEquals(2 * 65536, metric(result, "flops"));
    assertEquals(8 * 65536, metric(result, "bytes"));
    assertEquals(0.25, metric(result, "intensity"));
    assertEquals(4, metric(result, "byteRate") / metric(result, "flopRate"), 1e-9);
    metric(result, "fractionOfRoof");

    Path machine = folder.resolve("ridge-report/machine.json");
    String probed = Files.readString(machine);
    metric(project.measure().get(0), "fractionOfRoof");
    assertEquals(probed, Files.readString(machine), "a known machine is not probed again");
  }

  /**
   * As somebody would measure EJML: doubles, nested classes, several methods, time per thousand.
   */
  @Test
  void ejmlsProductsAreHeldAgainstThePeakOfDoubles() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("machine.json"), MACHINE);
    project.compile(
        "example.Ejml",
        """
        package example;

        import dev.ridgepoint.bench.roofline.*;
        import java.util.Random;
        import java.util.function.UnaryOperator;
        import org.ejml.data.DMatrixRMaj;
        import org.ejml.dense.row.*;
        import org.ejml.dense.row.mult.VectorVectorMult_DDRM;
        import org.openjdk.jmh.annotations.*;

        public class Ejml {
          @State(Scope.Thread)
          @CountedBy(Counts.class)
          public static class Products {
            @Param("64")
            int n;

            DMatrixRMaj a;
            DMatrixRMaj b;
            DMatrixRMaj c;

            @Setup
            public void draw() {
              a = RandomMatrices_DDRM.rectangle(n, n, new Random(1));
              b = RandomMatrices_DDRM.rectangle(n, n, new Random(2));
              c = new DMatrixRMaj(n, n);
            }

            @Benchmark
            @BenchmarkMode(Mode.AverageTime)
            public DMatrixRMaj mult() {
              return CommonOps_DDRM.mult(a, b, c);
            }

            @Benchmark
            @OperationsPerInvocation(10)
            public double dot() {
              double sum = 0;
              for (int i = 0; i < 10; i++) {
                sum += VectorVectorMult_DDRM.innerProd(a, b);
              }
              return sum;
            }

            @Benchmark
            public void nothing() {}
          }

          public static class Uncounted {
            @Benchmark
            public void nothing() {}
          }

          private static class Counts implements WorkCounter {
            @Override
            public Work work(String method, UnaryOperator<String> parameters) {
              long n = Long.parseLong(parameters.apply("n"));
              return switch (method) {
                case "mult" -> Work.of(2 * n * n * n, 3 * 8 * n * n, 1).inDoubles();
                case "dot" -> Work.of(10 * 2 * n * n, 10 * 2 * 8 * n * n, 1).inDoubles();
                default -> Work.of(0, 0, 1);
              };
            }
          }
        }
        """);
    int results = 0;
    for (JsonNode result : project.measure("-t", "2")) {
      results++;
      String method = result.get("benchmark").asString().replaceAll(".*\\.", "");
      if (method.equals("nothing")) {
        for (String ratio : new String[] {"intensity", "fractionOfRoof"}) {
          JsonNode score = result.at("/secondaryMetrics/roofline." + ratio + "/score");
          assertTrue(score.isMissingNode() || score.asDouble(Double.NaN) == 0, score.toString());
        }
        continue;
      }
      assertEquals(method.equals("mult") ? 2 * 64 * 64 * 64 : 2 * 64 * 64, metric(result, "flops"));
      double score = result.at("/primaryMetric/score").asDouble();
      double perSecond = method.equals("mult") ? 2 / score : score;
      assertEquals(
          perSecond * metric(result, "flops") / 1e9,
          metric(result, "flopRate"),
          1e-6 * metric(result, "flopRate"));
      assertEquals(
          // This machine's roofs: the compute roof of mult, 0.5e15 in doubles; of dot the memory.
          method.equals("mult")
              ? metric(result, "flopRate") * 1e9 / 0.5e15
              : metric(result, "byteRate") * 1e9 / 1e15,
          metric(result, "fractionOfRoof"),
          1e-9);
    }
    assertEquals(4, results);
    assertTrue(Files.notExists(folder.resolve("ridge-report")), "machine.json was there");
  }

  @Test
  void jmhListsTheProfilerWithoutProbing() throws IOException, InterruptedException {
    ForeignProject.Run run = project.jmh("-lprof");
    assertEquals(0, run.exitCode(), run.output());
    assertTrue(run.output().contains("RooflineProfiler"), run.output());
    assertTrue(Files.notExists(folder.resolve("ridge-report")));
  }

  @Test
  void withoutAMachineItSaysWhy() throws IOException, InterruptedException {
    project.compile(
        "example.Nothing",
        """
        package example;

        public class Nothing {
          @org.openjdk.jmh.annotations.Benchmark
          public void nothing() {}
        }
        """);
    // As in a folder that cannot be written to.
    Files.createFile(folder.resolve("ridge-report"));
    ForeignProject.Run unknown = project.jmh("-prof", RooflineProfiler.class.getName());
    assertNotEquals(0, unknown.exitCode());
    assertTrue(
        unknown
            .output()
            .contains("this machine cannot be probed: --out: ridge-report cannot be made a folder"),
        unknown.output());

    Files.writeString(folder.resolve("broken.json"), "{");
    for (String option : new String[] {"machine=broken.json", "machine=missing.json", "x"}) {
      ForeignProject.Run run =
          project.jmh("-prof", RooflineProfiler.class.getName() + ":" + option);
      assertNotEquals(0, run.exitCode());
      assertTrue(run.output().contains(option.replace("machine=", "")), run.output());
    }
  }
}
