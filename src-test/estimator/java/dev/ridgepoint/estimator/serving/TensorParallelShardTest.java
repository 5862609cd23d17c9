package dev.ridgepoint.estimator.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Component;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.KvCacheLayout;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TensorParallelShardTest {

  @ParameterizedTest
  @CsvSource({"Llama-2-7B, 4", "Llama-2-70B, 8", "Mixtral-8x7B, 8"})
  void theSharesAddUpToTheModel(String name, int devices) {
    ParameterCount whole = ParameterCount.of(ModelCatalog.get(name));
    ParameterCount share = ParameterCount.of(shard(name, devices));
    // Norms and the router are on every device; all else divides without a rest.
    long copied = share.of(Component.NORMS) + share.of(Component.ROUTER);
    assertEquals(whole.of(Component.NORMS) + whole.of(Component.ROUTER), copied);
    assertEquals(whole.total() - copied, devices * (share.total() - copied));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void theProductsAddUpToTheModel(int devices) {
    Step step = Step.decode(16, 1000);
    assertEquals(
        cost(ModelCatalog.get("Llama-2-70B"), step).matmulFlops(),
        devices * cost(shard("Llama-2-70B", devices), step).matmulFlops());
  }

  @ParameterizedTest
  @CsvSource({
    // 80 layers, 8 pairs of heads of 128 elements of two bytes: fewer than one pair no device has.
    "Llama-2-70B, 1, 327680",
    "Llama-2-70B, 8, 40960",
    "Llama-2-70B, 16, 40960",
    // Latents of 512 + 64 elements in 27 layers, on every device.
    "DeepSeek-V2-Lite, 1, 31104",
    "DeepSeek-V2-Lite, 8, 31104"
  })
  void theCacheShrinksDownToOneHead(String name, int devices, long bytes) {
    assertEquals(
        bytes,
        KvCacheLayout.bytesPerToken(shard(name, devices), Precision.BF16, LatentForm.ABSORBED));
  }

  @ParameterizedTest
  @CsvSource({
    "Llama-2-70B, 3, 64 attention heads cannot be shared by 3 devices",
    "Qwen2.5-0.5B, 4, 14 attention heads cannot be shared by 4 devices",
    "t5-base, 1, 't5 is not a decoder alone, which serving assumes'",
    "bert-base-uncased, 1, 'bert is not a decoder alone, which serving assumes'"
  })
  void saysWhyDevicesCannotShare(String name, int devices, String reason) {
    Architecture architecture = ModelCatalog.get(name);
    assertEquals(reason, TensorParallelShard.mismatch(architecture, devices).orElseThrow());
    assertThrows(
        IllegalArgumentException.class, () -> TensorParallelShard.of(architecture, devices));
  }

  @Test
  void whatDoesNotDivideIsFilledUp() {
    long share = ParameterCount.of(shard("gpt2", 2)).of(Component.EMBEDDING);
    assertTrue(50_257 % 2 == 1);
    assertEquals(25_129L * 768, share);
  }

  private static Architecture shard(String name, int devices) {
    return TensorParallelShard.of(ModelCatalog.get(name), devices);
  }

  private static Cost cost(Architecture architecture, Step step) {
    return OperationList.total(OperationList.of(architecture, ServingModels.BF16, step));
  }
}
