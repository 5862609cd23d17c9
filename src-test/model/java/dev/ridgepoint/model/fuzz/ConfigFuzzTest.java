package dev.ridgepoint.model.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.format.QuantizationConfig;
import dev.ridgepoint.estimator.input.StrictJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code config.json}, up to the parameters that it makes. */
class ConfigFuzzTest {
  @TempDir static Path folder;

  static Stream<byte[]> seeds() throws IOException {
    return Stream.concat(
        FuzzedFile.resources("logits", "config.json"),
        FuzzedFile.resources("bad/hfdir", "config.json"));
  }

  @DictionaryEntries({
    "null",
    "true",
    "-1",
    "0.5",
    "1e308",
    "2147483648",
    "9223372036854775808",
    "[]",
    "{}",
    "\"model_type\"",
    "\"deepseek_v3\"",
    "\"qwen3_next\"",
    "\"mamba2\"",
    "\"gemma3n\"",
    "\"text_config\"",
    "\"layer_types\"",
    "\"sliding_window\"",
    "\"rope_scaling\"",
    "\"rope_parameters\"",
    "\"quantization_config\"",
    "\"num_experts\""
  })
  @MethodSource("seeds")
  @FuzzTest
  void config(byte[] bytes) {
    FuzzedFile.assertReadOrRefused(
        folder.resolve("config.json"),
        bytes,
        path -> {
          QuantizationConfig.read(path.toString(), StrictJson.readObject(path));
          Architecture architecture = ConfigReader.read(path);
          return List.of(ParameterCount.of(architecture), ParameterCount.active(architecture));
        });
  }
}
