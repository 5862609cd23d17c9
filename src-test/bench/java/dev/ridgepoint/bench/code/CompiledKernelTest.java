package dev.ridgepoint.bench.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class CompiledKernelTest {
  private static final Disassembler NONE =
      new Disassembler(InstructionSet.X86_64, "no-such-objdump");

  /** As HotSpot prints what hsdis says: C1, then C2's versions of two methods. */
  private static final String VM_OUTPUT =
      """
      # Warmup Iteration   1:
      Compiled method (c1) 780 1524       2       a.B::row (1672 bytes)
        0x0000000000000010:   vfmadd231ps %ymm1,%ymm2,%ymm0
        0x0000000000000015:   jl     0x0000000000000010
      Compiled method (c2) 2145 1596 %     4       a.B::row @ 146 (1672 bytes)
        0x0000000000000010:   vfmadd231ps %ymm1,%ymm2,%ymm0
        0x0000000000000015:   nop
        0x0000000000000016:   jl     0x0000000000000010
      Compiled method (c2) 2200 1600       4       a.B::other (12 bytes)
        0x0000000000000010:   vfmadd231ps %zmm1,%zmm2,%zmm0
        0x0000000000000015:   jl     0x0000000000000010
      Compiled method (c2) 2619 1610   !   4       a.B::row (1672 bytes)
        0x0000000000000010:   vfmadd231ps %ymm1,%ymm2,%ymm0
        0x0000000000000015:   vfmadd231ps %ymm1,%ymm2,%ymm3
        0x000000000000001a:   jl     0x0000000000000010
      Compiled method (c2) 2650 1612 %     4       a.B::row @ 146 (1672 bytes)
        0x0000000000000010:   vfmadd231ps %ymm1,%ymm2,%ymm0
        0x0000000000000015:   jl     0x0000000000000010
      Compiled method (c2) 2700 1614       4       a.B::dispatch (68 bytes)
        0x0000000000000010:   ret
      """;

  /** {@code vmovups (%rdi),%ymm1; vfmadd231ps %ymm1,%ymm2,%ymm0; dec %esi; jne} the first. */
  private static final String MACHINE_CODE =
      """
      Compiled method (c2) 2145 1596       4       a.B::row (1672 bytes)
       main code      [0x00007fe89ff44d20,0x00007fe89ff4f660] = 43328
      [MachCode]
      [Verified Entry Point]
        # {method} {0x00007fe8704cbdf8} 'row' '(I[FI)V' in 'a/B'
        0x00007fe89ff44d20: c5fc 100f | c4e2 6db8
        0x00007fe89ff44d28: ;*invokestatic fma {reexecute=0 rethrow=0 return_oop=0}
                            ; - a.B::row@12 (line 3)
        0x00007fe89ff44d28: c1ff ce75 | f3c3
      [/MachCode]
      """;

  @Test
  void readsWhatC2Compiled() {
    List<CompiledMethod> methods = CompiledMethod.read(VM_OUTPUT);
    assertEquals(
        List.of("a.B::row", "a.B::other", "a.B::row", "a.B::row", "a.B::dispatch"),
        methods.stream().map(CompiledMethod::name).toList());
    assertEquals(
        List.of(true, false, false, true, false),
        methods.stream().map(CompiledMethod::onStackReplacement).toList());
    assertEquals(List.of(), CompiledMethod.read("WARNING: Using incubator modules"));
  }

  @Test
  void theLastNormalVersionOfEachIsTakenInTheOrderOfCompilation() throws IOException {
    assertEquals(
        List.of(
            new CompiledKernel(
                "a.B::row", List.of(new MultiplyAddLoop(3, 2, OptionalInt.of(8), 0, 0))),
            new CompiledKernel(
                "a.B::other", List.of(new MultiplyAddLoop(2, 1, OptionalInt.of(16), 0, 0)))),
        CompiledKernel.of(CompiledMethod.read(VM_OUTPUT), NONE));
  }

  @Test
  void aVersionEnteredInTheMiddleWillDoIfThereIsNoOther() throws IOException {
    String entered = VM_OUTPUT.substring(0, VM_OUTPUT.indexOf("Compiled method (c2) 2200"));
    assertEquals(
        List.of(
            new CompiledKernel(
                "a.B::row", List.of(new MultiplyAddLoop(3, 1, OptionalInt.of(8), 0, 0)))),
        CompiledKernel.of(CompiledMethod.read(entered), NONE));
  }

  @Test
  void machineCodeIsDisassembledByObjdump() throws IOException {
    assumeTrue(hasObjdump(), "no objdump on the PATH");
    assertEquals(
        List.of(
            new CompiledKernel(
                "a.B::row", List.of(new MultiplyAddLoop(4, 1, OptionalInt.of(8), 0, 0)))),
        CompiledKernel.of(
            CompiledMethod.read(MACHINE_CODE), new Disassembler(InstructionSet.X86_64)));
  }

  @Test
  void withoutObjdumpItSaysWhatIsMissing() {
    List<CompiledMethod> methods = CompiledMethod.read(MACHINE_CODE);
    assertEquals(
        "no-such-objdump is not on the PATH: install GNU binutils, or hsdis into the JDK's lib"
            + " folder",
        assertThrows(IOException.class, () -> CompiledKernel.of(methods, NONE)).getMessage());
  }

  /** Whether there is one for x86-64. */
  private static boolean hasObjdump() {
    try {
      Process process = new ProcessBuilder("objdump", "--info").redirectErrorStream(true).start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .contains("x86-64");
    } catch (IOException e) {
      return false;
    }
  }
}
