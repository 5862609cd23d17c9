package dev.ridgepoint.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.code.CompiledKernel;
import dev.ridgepoint.bench.code.InstructionSet;
import dev.ridgepoint.bench.code.MultiplyAddLoop;
import dev.ridgepoint.bench.roofline.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.profile.ProfilerException;

class InstructionsProfilerTest {

  @Test
  void asksC2ForItsCodeOfTheMethodsNamed() throws ProfilerException, IOException {
    assertEquals(
        "[{match: \"dev.ridgepoint.engine.kernels.Tile*::*\", c2: {PrintAssembly: true}}]",
        directives(new InstructionsProfiler("")));
    assertEquals(
        "[{match: \"a.B::row*\", c2: {PrintAssembly: true}}]",
        directives(new InstructionsProfiler("methods=a.B::row*")));
  }

  private static String directives(InstructionsProfiler profiler) throws IOException {
    List<String> options = List.copyOf(profiler.addJVMOptions(null));
    assertEquals("-XX:+UnlockDiagnosticVMOptions", options.get(0));
    String start = "-XX:CompilerDirectivesFile=";
    assertTrue(options.get(1).startsWith(start), options.get(1));
    return Files.readString(Path.of(options.get(1).substring(start.length())));
  }

  @Test
  void refusesOtherOptions() {
    for (String option : List.of("methods=", "methods=a.B", "methods=a.B::m\"}]", "loops=3")) {
      assertEquals(
          "the option is methods=CLASS::METHOD, not " + option,
          assertThrows(ProfilerException.class, () -> new InstructionsProfiler(option))
              .getMessage());
    }
  }

  /** One turn of 12 instructions does 4 multiply-adds: 16 lanes, so 128 FLOPs. */
  @Test
  void instructionsPerByteFollowFromTheWork() {
    MultiplyAddLoop loop = new MultiplyAddLoop(12, 4, OptionalInt.of(16), 0, 0);
    assertEquals(
        List.of(
            "instructions.perMultiplyAdd 3.000 1/FMA",
            "instructions.perByte 0.188 1/B",
            "instructions.spills ≈ 0 1/turn",
            "instructions.moves ≈ 0 1/turn"),
        rows(loop, Optional.of(Work.of(128, 64, 1))));
    assertHasNoRowPerByte(loop, Optional.empty());
    assertHasNoRowPerByte(loop, Optional.of(Work.of(128, 0, 1)));
    MultiplyAddLoop scalable = new MultiplyAddLoop(12, 4, OptionalInt.empty(), 0, 0);
    assertHasNoRowPerByte(scalable, Optional.of(Work.of(128, 64, 1)));
  }

  private static void assertHasNoRowPerByte(MultiplyAddLoop loop, Optional<Work> work) {
    assertEquals(
        List.of(
            "instructions.perMultiplyAdd 3.000 1/FMA",
            "instructions.spills ≈ 0 1/turn",
            "instructions.moves ≈ 0 1/turn"),
        rows(loop, work));
  }

  private static List<String> rows(MultiplyAddLoop loop, Optional<Work> work) {
    return InstructionsProfiler.results(loop, work).stream()
        .map(each -> each.getLabel() + " " + each)
        .toList();
  }

  @Test
  void reportsTheFirstKernelAndNamesTheOthers() throws IOException {
    String output =
        """
        Compiled method (c2) 2200 1600       4       a.B::row (12 bytes)
          0x0000000000000010:   vfmadd231ps %zmm1,%zmm2,%zmm0
          0x0000000000000015:   vmovups 0x40(%rsp),%zmm1
          0x0000000000000018:   jl     0x0000000000000010
        Compiled method (c2) 2300 1601       4       a.B::rows (12 bytes)
          0x0000000000000010:   vfmadd231ps %zmm1,%zmm2,%zmm0
          0x0000000000000015:   jl     0x0000000000000010
        """;
    List<CompiledKernel> kernels =
        new InstructionsProfiler().kernels(output, InstructionSet.X86_64);
    assertEquals(
        List.of(
            "instructions.perMultiplyAdd 3.000 1/FMA",
            "instructions.perByte 1.500 1/B",
            "instructions.spills 1.000 1/turn",
            "instructions.moves ≈ 0 1/turn"),
        rows(kernels.getFirst().mainLoop(), Optional.of(Work.of(64, 4, 1))));
    assertEquals(
        """
        a.B::row: 3 instructions for 1 multiply-add of 16 floats, 1 spill, 0 moves
        a.B::rows: 2 instructions for 1 multiply-add of 16 floats, 0 spills, 0 moves\
        """,
        InstructionsProfiler.describe(kernels));
  }

  @Test
  void saysWhenThereWasNoKernel() {
    assertEquals(
        "C2 compiled no loop of multiply-adds in dev.ridgepoint.engine.kernels.Tile*::*; longer"
            + " iterations give it time",
        assertThrows(
                IOException.class,
                () -> new InstructionsProfiler().kernels("", InstructionSet.X86_64))
            .getMessage());
  }
}
