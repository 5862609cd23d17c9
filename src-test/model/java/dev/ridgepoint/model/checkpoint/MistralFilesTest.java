package dev.ridgepoint.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.TestResources;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Mistral's own format: its names, its order of rows, its params.json. */
class MistralFilesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"mistral-swa, 102720", "mixtral-moe, 91248"})
  void aConsolidatedFileIsTheModelOfHuggingFace(String model, long parameters) throws IOException {
    Path folderOfHub = TestResources.path("logits/" + model + "/hf-f32");
    try (Checkpoint original = Checkpoint.open(folderOfHub)) {
      writeParams(
          JsonMapper.shared().readTree(folderOfHub.resolve("config.json").toFile()).asObject());
      writeWeights(original);
    }
    CheckpointFilesTest.assertSameWeights(folderOfHub, folder);
    CheckpointFilesTest.assertSameWeights(folderOfHub, folder.resolve("consolidated.safetensors"));
    Architecture architecture = StoredModel.read(folder).architecture();
    assertEquals(parameters, ParameterCount.of(architecture).total());
    assertEquals(parameters, Inspection.of(folder).parameters());
  }

  /** Mistral-7B-v0.1 and Mixtral-8x7B as published, and their published parameters. */
  @Test
  void publishedParamsMakeThePublishedParameters() throws IOException {
    String sizes =
        """
        {"dim": 4096, "n_layers": 32, "head_dim": 128, "hidden_dim": 14336, "n_heads": 32,
         "n_kv_heads": 8, "norm_eps": 1e-05, "vocab_size": 32000%s}
        """;
    assertEquals(7_241_732_096L, parameters(sizes.formatted(", \"sliding_window\": 4096")));
    assertEquals(
        46_702_792_704L,
        parameters(sizes.formatted(", \"moe\": {\"num_experts_per_tok\": 2, \"num_experts\": 8}")));
  }

  @Test
  void whatIsLackingOrUnknownIsNamed() throws IOException {
    Path params = folder.resolve("params.json");
    assertEquals(params + ": n_heads is missing", refusal("{\"dim\": 64, \"n_layers\": 2}"));
    assertEquals(params + ": q_lora_rank is not supported", refusal("{\"q_lora_rank\": 64}"));
    assertTrue(refusal("{\"dim\": \"64\", \"n_heads\": 2}").startsWith(params + ": dim must be"));
  }

  private long parameters(String params) throws IOException {
    Path file = Files.writeString(folder.resolve("params.json"), params);
    return ParameterCount.of(StoredModel.read(file).architecture()).total();
  }

  private String refusal(String params) throws IOException {
    Path file = Files.writeString(folder.resolve("params.json"), params);
    return assertThrows(InvalidInputException.class, () -> StoredModel.read(file)).getMessage();
  }

  private void writeParams(ObjectNode config) throws IOException {
    ObjectNode params = JsonMapper.shared().createObjectNode();
    params.set("dim", config.get("hidden_size"));
    params.set("n_layers", config.get("num_hidden_layers"));
    params.set("hidden_dim", config.get("intermediate_size"));
    params.set("n_heads", config.get("num_attention_heads"));
    params.set("n_kv_heads", config.get("num_key_value_heads"));
    params.set("vocab_size", config.get("vocab_size"));
    params.set("norm_eps", config.get("rms_norm_eps"));
    params.set("rope_theta", config.get("rope_theta"));
    params.set("sliding_window", config.get("sliding_window"));
    params.set("max_position_embeddings", config.get("max_position_embeddings"));
    if (config.hasNonNull("head_dim")) {
      params.set("head_dim", config.get("head_dim"));
    }
    if (config.has("num_local_experts")) {
      ObjectNode experts = params.putObject("moe");
      experts.set("num_experts", config.get("num_local_experts"));
      experts.set("num_experts_per_tok", config.get("num_experts_per_tok"));
    }
    Files.writeString(folder.resolve("params.json"), params.toString());
  }

  private void writeWeights(Checkpoint original) throws IOException {
    ObjectNode header = JsonMapper.shared().createObjectNode();
    Layer first = original.architecture().decoder().orElseThrow().layers().getFirst();
    int headDim = ((GroupedQueryAttention) first.attention()).headDim();
    List<TensorSpec> specs = original.layout().tensors().toList();
    long elements = specs.stream().mapToLong(spec -> original.tensor(spec).elements()).sum();
    ByteBuffer data =
        ByteBuffer.allocate(Math.toIntExact(elements * DType.F32.bytes(1)))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (TensorSpec spec : specs) {
      Tensor tensor = original.tensor(spec);
      ObjectNode entry = header.putObject(mistralName(spec.name()));
      entry.put("dtype", "F32");
      spec.shape().forEach(entry.withArray("shape")::add);
      int begin = data.position();
      int rows = tensor.size(0);
      int columns = Math.toIntExact(tensor.elements() / rows);
      boolean isTurned = spec.name().contains("q_proj") || spec.name().contains("k_proj");
      for (int row = 0; row < rows; row++) {
        // Of a head, elements i and i + headDim/2 stand beside each other.
        int inHead = row % headDim;
        int source = isTurned ? row - inHead + inHead / 2 + inHead % 2 * (headDim / 2) : row;
        for (int column = 0; column < columns; column++) {
          data.putFloat(tensor.get((long) source * columns + column));
        }
      }
      entry.putArray("data_offsets").add(begin).add(data.position());
    }
    SafetensorsBytes.write(
        folder.resolve("consolidated.safetensors"),
        header.toString().getBytes(StandardCharsets.UTF_8),
        data.array());
  }

  private static String mistralName(String name) {
    return name.replace("model.", "")
        .replace("embed_tokens", "tok_embeddings")
        .replace("input_layernorm", "attention_norm")
        .replace("post_attention_layernorm", "ffn_norm")
        .replaceFirst("self_attn\\.(.)_proj", "attention.w$1")
        .replace("mlp.", "feed_forward.")
        .replace("gate_proj", "w1")
        .replace("down_proj", "w2")
        .replace("up_proj", "w3")
        .replace("lm_head", "output");
  }
}
