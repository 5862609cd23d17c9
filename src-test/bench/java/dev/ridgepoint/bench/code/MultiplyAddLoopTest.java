package dev.ridgepoint.bench.code;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class MultiplyAddLoopTest {
  /** objdump in AT&T's order: two loops of multiply-adds, the second in a loop over blocks. */
  private static final String OBJDUMP =
      """

      /tmp/code.bin:     file format binary


      Disassembly of section .data:

      0000000000000000 <.data>:
         0:\tsub    $0x58,%rsp
         7:\tvmovups (%rdi),%ymm3
        10:\tvfmadd231ps %ymm3,%ymm4,%ymm0
        15:\tinc    %edx
        17:\tcmp    %ecx,%edx
        19:\tjl     0x10
        20:\tvbroadcastss (%rsi),%ymm2
        25:\tvmovups (%rdi),%ymm3
        2a:\tvfmadd231ps %ymm3,%ymm2,%ymm0
        2f:\tvfmadd231ps 0x20(%rsp),%ymm2,%ymm1
        34:\tvmovdqu %ymm5,0x40(%rsp)
        3a:\tvmovaps %ymm1,%ymm6
        3e:\tmov    0x10(%rsp),%r10d
        43:\tvmulss %xmm7,%xmm8,%xmm9        # 0x1234
        48:\tadd    $0x2,%edx
        4b:\tcmp    %ecx,%edx
        4d:\tjl     0x20
        4f:\tvfmadd231ps %ymm1,%ymm2,%ymm3
        55:\tcmp    %r8d,%edx
        58:\tjl     0x7
        60:\tret
        61:\tcall   0xffffffffff000000
        66:\tjmp    0x2f
      """;

  /** hsdis in Intel's order. */
  private static final String HSDIS_INTEL =
      """
      [Constant Pool]
                   Address          hex4                    hex8
        0x00007f0e5c2fb180:   0x77800000      0x7780000077800000
      [Verified Entry Point]
        # {method} {0x00007f0e104cbdf8} 'rows1panels1' '([FI)V' in 'dev/ridgepoint/engine/Tiles'
        0x00007f0e5c2fb1a0:   mov    dword ptr [rsp-0x14000],eax
        0x00007f0e5c2fb1a7:   vmovups zmm1,zmmword ptr [rsp+0x40]
                                                                  ;*synchronization entry
        0x00007f0e5c2fb1b0:   vfmadd231ps zmm0,zmm1,dword ptr [r10+r11*4+0x10]{1to16};*invokestatic
                                                                  ; - dev.ridgepoint.X::m@12
        0x00007f0e5c2fb1b8:   vmovdqu64 zmm2,zmm0
        0x00007f0e5c2fb1c0:   vmovdqu32 zmm3,zmmword ptr [rsp+0x80]
        0x00007f0e5c2fb1c8:   jl     0x00007f0e5c2fb1b0           ;*if_icmpge
        0x00007f0e5c2fb1ca:   ret
      """;

  private static final String AARCH64 =
      """
      0000000000000000 <.data>:
         0:\tstp\tx29, x30, [sp, #-16]!
         4:\tld1\t{v16.4s, v17.4s}, [x1], #32
         8:\tdup\tv18.4s, v3.s[0]
         c:\tfmla\tv0.4s, v16.4s, v18.4s
        10:\tfmla\tv1.4s, v17.4s, v3.s[1]
        14:\tfmadd\ts4, s5, s6, s4
        18:\tstr\tq2, [sp, #16]
        1c:\tmov\tv19.16b, v0.16b
        20:\tldr\tx9, [sp, #8]
        24:\tsubs\tw2, w2, #0x1
        28:\tb.gt\t0x4  // b.pmore
        2c:\ttbnz\tw3, #2, 0x0
        30:\tret
      """;

  @Test
  void countsTheInnermostLoopWithMostMultiplyAdds() {
    assertEquals(
        List.of(
            new MultiplyAddLoop(11, 2, OptionalInt.of(8), 2, 1),
            new MultiplyAddLoop(4, 1, OptionalInt.of(8), 0, 0)),
        loops(OBJDUMP, InstructionSet.X86_64));
  }

  @Test
  void readsHsdis() {
    List<MultiplyAddLoop> loops = loops(HSDIS_INTEL, InstructionSet.X86_64);
    assertEquals(List.of(new MultiplyAddLoop(4, 1, OptionalInt.of(16), 1, 1)), loops);
    assertEquals(4, loops.getFirst().instructionsPerMultiplyAdd());
  }

  @Test
  void readsAarch64() {
    assertEquals(
        List.of(new MultiplyAddLoop(10, 2, OptionalInt.of(4), 1, 1)),
        loops(AARCH64, InstructionSet.AARCH64));
  }

  @Test
  void aScalableVectorHasNoWidth() {
    String code =
        """
           0:\tld1w\t{z16.s}, p7/z, [x1]
           4:\tfmad\tz0.s, p7/m, z16.s, z1.s
           8:\tb.lt\t0x0  // b.tstop
        """;
    assertEquals(
        List.of(new MultiplyAddLoop(3, 1, OptionalInt.empty(), 0, 0)),
        loops(code, InstructionSet.AARCH64));
  }

  @Test
  void scalarMultiplyAddsAreNoKernel() {
    String code =
        """
           0:\tvfmadd231ss %xmm1,%xmm2,%xmm0
           5:\tjl     0x0
        """;
    assertEquals(List.of(), loops(code, InstructionSet.X86_64));
    String arm =
        """
           0:\tfmadd\ts4, s5, s6, s4
           4:\tb.lt\t0x0
        """;
    assertEquals(List.of(), loops(arm, InstructionSet.AARCH64));
  }

  @Test
  void ofLoopsWithAsManyMultiplyAddsTheOneThatDoesNoMoreIsTheMain() {
    String code =
        """
           0:\tcmp    %eax,%edx
           2:\tjae    0x100
           8:\tvfmadd231ps %ymm1,%ymm2,%ymm0
           d:\tjl     0x0
          10:\tvfmadd231ps %ymm1,%ymm2,%ymm0
          15:\tjl     0x10
        """;
    List<MultiplyAddLoop> loops = loops(code, InstructionSet.X86_64);
    assertEquals(List.of(2, 4), loops.stream().map(MultiplyAddLoop::instructions).toList());
  }

  private static List<MultiplyAddLoop> loops(String listing, InstructionSet set) {
    return MultiplyAddLoop.innermost(Instruction.parse(listing), set);
  }
}
