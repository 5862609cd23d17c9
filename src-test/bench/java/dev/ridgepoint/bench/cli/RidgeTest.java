package dev.ridgepoint.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class RidgeTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "--nonsense",
        "machine --nonsense",
        "machine extra",
        "estimate",
        "estimate no-such-model",
        "estimate ./no/such/folder",
        "estimate tiny --dtype int3",
        "estimate tiny --prompt 0",
        "estimate tiny --prompt x",
        "estimate tiny --prompt 1000000",
        "estimate tiny --context -1",
        "estimate tiny --batch 0",
        "estimate gpt2 --prompt 1025",
        "estimate gpt2 --context 1024",
        "estimate roberta-base --prompt 513",
        "estimate tiny --batch 65536 --prompt 512 --context 1000000000",
        "estimate --hidden 1024",
        "estimate tiny --hidden 1024",
        "estimate --hidden 1024 --layers 0 --heads 16 --vocab 6400",
        "estimate --hidden -1 --layers 29 --heads 16 --vocab 6400",
        "estimate --hidden 1024 --layers 29 --heads 15 --vocab 6400",
        "estimate --hidden 1048576 --layers 10000 --heads 1024 --vocab 67000000 --ffn 4000000",
        "estimate --hidden 1024 --layers 29 --heads 16 --vocab 99999999999",
        "estimate --hidden 1024 --layers 29 --heads 16 --vocab 6400 --experts 8",
        "estimate tiny --kv-dtype fp3",
        "estimate tiny --activations x",
        "estimate tiny --output 0",
        "estimate tiny --output 513",
        "estimate tiny --prompt 32,1000000",
        "estimate tiny --prompt ,",
        "estimate tiny --batch ,",
        "estimate tiny --batch 1,x",
        "estimate tiny --batch 1,0",
        "estimate tiny --dtype bf16,int3",
        "estimate tiny --prompt 99999999999",
        "estimate tiny --serve",
        "estimate tiny --serve --device H100 --prompt 512",
        "estimate tiny --serve --device H100 --output 1",
        "estimate tiny --serve --device H100 --tp 3",
        "estimate tiny --serve --device H100 --tp 0",
        "estimate tiny --serve --device H100 --concurrency 0",
        "estimate tiny --serve --device H100 --concurrency 100000",
        "estimate tiny --serve --device H100 --concurrency 1 --engine vlm",
        "estimate Llama-3.1-405B --serve --device H100 --concurrency 1",
        "estimate Llama-3.1-405B --serve --device H100",
        "estimate t5-base --serve --device H100",
        "estimate tiny --dtype bf16 --quantization q4_k_m",
        "estimate tiny --device H100 --quantization q9_x",
        "estimate bert-base-uncased --device H100 --quantization q4_k_m",
        "estimate Llama-3.1-405B --device M1",
        "estimate tiny --device ./no-such-device.json",
        "estimate tiny --train --seq 513",
        "estimate tiny --train --tokens NaN --peak 1T",
        "estimate tiny --train --tokens 1T --peak Infinity",
        "estimate tiny --train --tokens 1T --peak 1T --mfu NaN",
        "estimate tiny --train --tokens 1T --peak 1T --watts -1",
        "estimate tiny --train --tokens 1T --peak 1T --pue 0.5",
        "estimate tiny --train --tokens 1T --peak 1T --usd-per-hour Infinity",
        "estimate tiny --json --csv",
        "estimate tiny --budget -1",
        "estimate tiny --budget 0.5",
        "estimate tiny --budget 1e30",
        "estimate bert-base-uncased --budget 1B",
        "estimate tiny --memory --block 0",
        "estimate tiny --memory --memory-limit 80XB",
        "estimate tiny --device no-such-device",
        "estimate tiny --device H100 --compute-dtype f99",
        "estimate tiny --device T4 --compute-dtype fp8",
        "estimate tiny --train --zero 4",
        "estimate tiny --train --optimizer no-such-optimizer",
        "estimate tiny --train --train-dtype int8",
        "estimate tiny --train --micro-batch 0",
        "estimate tiny --train --seq 0",
        "estimate tiny --train --tp 3",
        "estimate tiny --train --pp 3",
        "estimate tiny --train --offload everything",
        "estimate tiny --train --tokens 1T",
        "estimate tiny --train --tokens 1T --peak 1T --mfu 1.5",
        "estimate tiny --train --tokens 1T --peak 1T --devices 0",
        "estimate Mixtral-8x7B --train --tp 2",
        "plan",
        "plan train",
        "plan train tiny",
        "plan train tiny --global-batch 8 --devices 8",
        "plan train tiny --global-batch 8 --device H100",
        "plan train tiny --global-batch 8 --devices 0 --device H100",
        "plan train tiny --global-batch 8 --devices 8 --device H100 --efficiency 0",
        "plan train tiny --global-batch 8 --devices 8 --device H100 --overlap 2",
        "plan train tiny --global-batch 8 --devices 8 --device H100 --seq 513",
        "plan train tiny lesson-0.5B --global-batch 8 --devices 8 --device H100",
        "plan train Mixtral-8x7B --global-batch 8 --devices 8 --device H100",
        "plan train Llama-3.1-70B --global-batch 8 --devices 1 --device H100",
        "plan serve",
        "plan serve tiny",
        "plan serve tiny --rps 1 --prompt 10 --output 10 --ttft 1",
        "plan serve tiny --rps 0 --prompt 10 --output 10 --ttft 1 --tpot 1",
        "plan serve tiny --rps NaN --prompt 10 --output 10 --ttft 1 --tpot 1",
        "plan serve tiny --rps Infinity --prompt 10 --output 10 --ttft 1 --tpot 1",
        "plan serve tiny --rps 1e-300 --prompt 10 --output 10 --ttft 1 --tpot 1",
        "plan serve tiny --rps 1 --prompt 0 --output 10 --ttft 1 --tpot 1",
        "plan serve tiny --rps 1 --prompt 10 --output 1 --ttft 1 --tpot 1",
        "plan serve tiny --rps 1 --prompt 511 --output 2 --ttft 1 --tpot 1",
        "plan serve tiny --rps 1 --prompt 10 --output 503 --ttft 1 --tpot 1",
        "plan serve tiny --rps 1 --prompt 10 --output 10 --ttft -1 --tpot 1",
        "plan serve tiny --rps 1 --prompt 10 --output 10 --ttft 1 --tpot NaN",
        "plan serve tiny --rps 1 --prompt 10 --output 10 --ttft 1 --tpot 1e-9",
        "plan serve tiny --rps 1 --prompt 10 --output 10 --ttft 1 --tpot 1 --utilization 1",
        "plan serve tiny --rps 1 --prompt 10 --output 10 --ttft 1 --tpot 1 --utilization NaN",
        "plan serve tiny --rps 1 --prompt 10 --output 10 --ttft 1 --tpot 1 --usd-per-month 1",
        "plan serve tiny --rps 1 --prompt 10 --output 10 --ttft 1 --tpot 1 --usd-per-month -1",
        "plan serve tiny --rps 1 --prompt 10 --output 10 --ttft 1 --tpot 1 --requests 0",
        "plan serve tiny --rps 1 --prompt 10 --output 10 --ttft 1 --tpot 1 --top 0",
        "plan serve tiny --rps 1 --prompt 10 --output 10 --ttft 1 --tpot 1 --device T4,none",
        "plan serve bert-base-uncased --rps 1 --prompt 10 --output 10 --ttft 1 --tpot 1",
        "plan serve Llama-3.1-405B --rps 1 --prompt 10 --output 10 --ttft 1 --tpot 1 --device T4",
        "scaling",
        "scaling --params 7B",
        "scaling --compute 1e-300",
        "scaling --compute 1e300",
        "scaling --params 1e300 --tokens 1e300",
        "scaling --compute 0",
        "scaling --compute -1e21",
        "scaling --compute x",
        "scaling --compute 1e21 --tokens 1T",
        "scaling --compute 1e999",
        "devices no-such-device",
        "devices ./no-such-file.json",
        "inspect",
        "inspect no-such-path",
        "inspect no-such-file.gguf",
        "estimate no-such-file.gguf",
        "logits --model no-such-file.gguf --tokens 1",
        "report --model no-such-model",
        "report --model tiny --dtype q5_1",
        "report --model tiny --kv-dtype q4_0",
        "report --model tiny --threads 0",
        "report --model tiny --threads 1000",
        "report --model tiny --prompt 32,0",
        "report --model tiny --prompt 1000000",
        "report --model tiny --time 4",
        "report --model tiny --batch x",
        "report --model tiny --batch 2000000000",
        "report --model Llama-3.1-8B --batch 65536",
        "estimate tiny --batch 2000000000",
        "logits",
        "logits --model no-such-folder --tokens 1",
        "tokenize",
        "tokenize x",
        "tokenize --model no-such-folder x",
        "tokenize --model no-such-file.gguf x",
        "generate --model tiny",
        "train-tokenizer",
        "train-tokenizer no-such-file.txt --to .",
        "compress",
        "compress no-such-folder",
        "stories --count 0",
        "stories --seed x",
        "generate --model tiny --prompt-file no-such-file.txt",
        "generate --model no-such-folder --prompt x",
        "load --model no-such-folder",
        "peers --size 0",
        "peers --work nonsense",
        "peers --model no-such-model",
        "peers --threads 0",
        "peers --quick", // the tests are built without other engines
        "bench --no-such-jmh-option",
        "bench -f x",
      })
  void badInputIsOneLineAndExitCodeTwo(String line) {
    CommandRun.ofLine(line).assertBadInput();
  }

  @Test
  void badFilesAreOneLineAndExitCodeTwo() throws IOException {
    Path config = Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"gpt9\"}");
    CommandRun.of("estimate", config.toString()).assertBadInput();
    CommandRun.of("estimate", folder.toString()).assertBadInput();
    Files.writeString(config, "{");
    CommandRun.of("estimate", config.toString()).assertBadInput();
    Path weights = Files.write(folder.resolve("model.safetensors"), new byte[] {1, 2, 3});
    CommandRun.of("inspect", weights.toString()).assertBadInput();
  }

  @Test
  void aLineHasTheCommandThatItNamesAndOtherwiseAll() {
    Set<String> all = Ridge.commandLine().getSubcommands().keySet();
    assertTrue(all.containsAll(List.of("report", "compare", "estimate", "bench")), all.toString());
    for (String name : all) {
      assertEquals(Set.of(name), Ridge.commandLine("--debug", name).getSubcommands().keySet());
    }
    for (String other : List.of("--help", "estimated", "")) {
      assertEquals(all, Ridge.commandLine(other).getSubcommands().keySet());
    }
  }

  @Test
  void anIoFailureIsOneLineAndExitCodeOne() throws Exception {
    CommandLine commandLine = Ridge.commandLine();
    StringWriter err = new StringWriter();
    commandLine.setErr(new PrintWriter(err, true));
    int exitCode =
        commandLine
            .getExecutionExceptionHandler()
            .handleExecutionException(new NoSuchFileException("missing.json"), commandLine, null);
    assertEquals(1, exitCode);
    assertEquals("ridge: missing.json: no such file", err.toString().strip());
  }

  @Test
  void aDefectKeepsItsStackTrace() throws Exception {
    CommandLine commandLine = Ridge.commandLine();
    StringWriter err = new StringWriter();
    commandLine.setErr(new PrintWriter(err, true));
    int exitCode =
        commandLine
            .getExecutionExceptionHandler()
            .handleExecutionException(new IllegalStateException("defect"), commandLine, null);
    assertEquals(1, exitCode);
    assertTrue(err.toString().contains("RidgeTest.aDefectKeepsItsStackTrace"), err.toString());
  }

  static List<Error> errors() {
    return List.of(
        new UnsatisfiedLinkError("no libx in java.library.path\nsecond line"),
        new OutOfMemoryError("Java heap space"),
        new StackOverflowError(),
        new ExceptionInInitializerError(new IllegalStateException()),
        new AssertionError("sums differ"));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void anErrorIsOneLineAndExitCodeOne(Error error) {
    StringWriter err = new StringWriter();
    assertEquals(1, failing(error, err).execute("fail"));
    assertEquals(1, err.toString().lines().count(), err.toString());
    assertTrue(err.toString().startsWith("ridge: " + error.getClass().getName()), err.toString());
    assertTrue(err.toString().endsWith("(--debug shows where)" + System.lineSeparator()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--debug fail", "fail --debug"})
  void debugShowsWhere(String line) {
    StringWriter err = new StringWriter();
    assertEquals(1, failing(new StackOverflowError(), err).execute(line.split(" ")));
    assertTrue(err.toString().contains("RidgeTest.debugShowsWhere"), err.toString());
  }

  private static CommandLine failing(Error error, StringWriter err) {
    @Command
    class Fail implements Runnable {
      @Override
      public void run() {
        throw error;
      }
    }
    return Ridge.commandLine().addSubcommand("fail", new Fail()).setErr(new PrintWriter(err, true));
  }

  @Test
  void whatTheSystemCannotNameIsBadInput() throws Exception {
    CommandLine commandLine = Ridge.commandLine();
    StringWriter err = new StringWriter();
    commandLine.setErr(new PrintWriter(err, true));
    int exitCode =
        commandLine
            .getExecutionExceptionHandler()
            .handleExecutionException(
                new InvalidPathException("a?", "unmappable characters"), commandLine, null);
    assertEquals(2, exitCode);
    assertEquals(
        "ridge: a?: no path on this system: unmappable characters", err.toString().strip());
  }

  /** Of all that the command line knows, with those below them. */
  static Stream<String> commands() {
    return Stream.concat(Stream.of(""), commands(Ridge.commandLine()));
  }

  private static Stream<String> commands(CommandLine above) {
    return above.getSubcommands().entrySet().stream()
        .flatMap(
            each ->
                Stream.concat(
                    Stream.of(each.getKey()),
                    commands(each.getValue()).map(below -> each.getKey() + " " + below)));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelp(String command) {
    String help = CommandRun.ofLine((command + " --help").strip()).text();
    assertTrue(help.startsWith(("Usage: ridge " + command).strip()), help);
  }

  @Test
  void readsGgufFiles() {
    String file = "../src-test/model/resources/logits/qwen2-bias/model-f32.gguf";
    String inspected = CommandRun.of("inspect", file).text();
    assertTrue(inspected.contains("general.architecture: qwen2"), inspected);
    assertTrue(inspected.contains("tokenizer.ggml.tokens: 320 x STRING"), inspected);
    assertTrue(inspected.contains("26 tensors, 85,568 parameters (85,568 F32)"), inspected);
    CommandRun estimated =
        CommandRun.of("estimate", file, "--prompt", "8", "--context", "8", "--json");
    assertEquals(85_568, estimated.json().at("/parameters/total").asLong());
    String logits = CommandRun.of("logits", "--model", file, "--tokens", "1,2").text();
    assertEquals(2, logits.lines().count());
  }

  @Test
  void benchKnowsTheShortNamesOfTheProfilers() {
    String name = "dev.ridgepoint.bench.roofline.RooflineProfiler";
    assertEquals(
        List.of(
            "-prof",
            name,
            "-prof",
            name + ":machine=m.json",
            "-prof",
            "dev.ridgepoint.bench.jmh.ReadsProfiler",
            "-prof",
            "dev.ridgepoint.bench.jmh.InstructionsProfiler:methods=a.B::m",
            "-prof",
            "gc",
            "roofline"),
        BenchCommand.withCanonicalProfiler(
            List.of(
                "-prof",
                "roofline",
                "-prof",
                "roofline:machine=m.json",
                "-prof",
                "reads",
                "-prof",
                "instructions:methods=a.B::m",
                "-prof",
                "gc",
                "roofline")));
  }

  @Test
  void benchTakesTheTilesOfThisMachineUnlessSomeAreNamed() {
    List<String> named = List.of("TileBenchmark", "-p", "tile=f32-1x1");
    assertEquals(named, BenchCommand.withTiles(named));
    List<String> all = BenchCommand.withTiles(List.of("TileBenchmark"));
    assertEquals(List.of("TileBenchmark", "-p"), all.subList(0, 2));
    assertTrue(all.get(2).startsWith("tile=f32-1x4,"), all.get(2));
  }
}
