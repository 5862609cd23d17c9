package dev.ridgepoint.bench.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ProgramTest {
  @ParameterizedTest
  @EnumSource(Program.class)
  void knowsEachFlagOnceAndWhereItStands(Program program) {
    Set<String> names = new HashSet<>();
    for (Flag flag : program.flags()) {
      assertTrue(flag.name().matches("--[a-z0-9-]+"), flag.name());
      assertTrue(names.add(flag.name()), flag.name());
      assertEquals(flag.kind() == Flag.Kind.CHOICE, !flag.choices().isEmpty(), flag.name());
    }
    assertTrue(program.page().startsWith("https://"));
    assertFalse(program.version().isBlank());
  }

  @ParameterizedTest
  @CsvSource({
    "VLLM, --tensor-parallel-size, 8, 0",
    "VLLM, --max-model-len, 131072, 128k",
    "VLLM, --gpu-memory-utilization, 0.9, 1.1",
    "VLLM, --kv-cache-dtype, fp8, int3",
    "SGLANG, --mem-fraction-static, 0.894, 0.000",
    "SGLANG, --kv-cache-dtype, fp8_e4m3, fp8",
    "LLAMA_SERVER, --tensor-split, '1,1', '1,'",
    "LLAMA_SERVER, --rpc, 'host2:50052,host3:50052', host2",
    "MEGATRON, --lr, 1e-4, -1",
    "MEGATRON, --norm-epsilon, 1.0E-5, small",
    "MEGATRON, --eval-iters, 0, -1",
    "MEGATRON, --rotary-base, 500000, 500000.0"
  })
  void aValueIsOfItsType(Program program, String flag, String right, String wrong) {
    assertTrue(program.flag(flag).accepts(right));
    assertFalse(program.flag(flag).accepts(wrong));
    Line line = new Line(program);
    assertThrows(IllegalArgumentException.class, () -> line.flag(flag, wrong));
  }

  @Test
  void aFlagOfAnotherProgramIsRefused() {
    Line line = new Line(Program.VLLM);
    assertThrows(IllegalArgumentException.class, () -> line.flag("--tp-size", 2));
    assertThrows(IllegalArgumentException.class, () -> line.flag("--tensor-parallel-size"));
  }
}
