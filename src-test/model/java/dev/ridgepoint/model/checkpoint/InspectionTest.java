package dev.ridgepoint.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.model.TestResources;
import dev.ridgepoint.model.checkpoint.Inspection.InspectedTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InspectionTest {
  private static final byte[] HEADER =
      """
      {"__metadata__":{"format":"pt","note":"two\\nlines"},
       "w":{"dtype":"BF16","shape":[2,600],"data_offsets":[0,2400]},
       "scalar":{"dtype":"I64","shape":[],"data_offsets":[2400,2408]}}\
      """
          .getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  @Test
  void aSingleFileNeedsNoConfig() throws IOException {
    Path file = SafetensorsBytes.write(folder.resolve("x.safetensors"), HEADER, new byte[2408]);
    assertEquals(
        new Inspection(
            file.toString(),
            Map.of("format", "pt", "note", "two\nlines"),
            List.of(
                new InspectedTensor("w", "BF16", List.of(2L, 600L), 1200, 2400, "x.safetensors"),
                new InspectedTensor("scalar", "I64", List.of(), 1, 8, "x.safetensors")),
            List.of(),
            1201,
            2408),
        Inspection.of(file));
  }

  @Test
  void textIsATable() throws IOException {
    Path file = SafetensorsBytes.write(folder.resolve("x.safetensors"), HEADER, new byte[2408]);
    assertEquals(
        """
        format: pt
        note: two\\u000alines
        file           tensor  dtype  shape     parameters  bytes
        x.safetensors  w       BF16   [2, 600]       1,200  2,400
        x.safetensors  scalar  I64    []                 1      8
        2 tensors, 1,201 parameters (1,200 BF16, 1 I64), 2,408 bytes (0.000 GB, 0.000 GiB)
        """,
        Inspection.of(file).toText().replace(System.lineSeparator(), "\n"));
  }

  @Test
  void jsonHasTheSameFields() throws IOException {
    Path file = SafetensorsBytes.write(folder.resolve("x.safetensors"), HEADER, new byte[2408]);
    JsonNode json = JsonMapper.shared().readTree(Inspection.of(file).toJson());
    assertEquals(1201, json.get("parameters").longValue());
    assertEquals(2408, json.get("bytes").longValue());
    assertEquals("two\nlines", json.get("metadata").get("note").stringValue());
    assertEquals(
        JsonMapper.shared()
            .readTree(
                """
                {"name":"w","dtype":"BF16","shape":[2,600],"parameters":1200,"bytes":2400,
                 "file":"x.safetensors"}\
                """),
        json.get("tensors").get(0));
  }

  @Test
  void shardsAreOneList() {
    Inspection inspection = Inspection.of(TestResources.path("logits/llama-sharded/hf-bf16"));
    assertEquals(79440, inspection.parameters());
    assertEquals(2 * 79440, inspection.bytes());
    assertEquals(
        List.of(
            "model-00001-of-00003.safetensors",
            "model-00002-of-00003.safetensors",
            "model-00003-of-00003.safetensors"),
        inspection.tensors().stream().map(InspectedTensor::file).distinct().toList());
    assertTrue(inspection.toText().contains("79,440 parameters"));
  }
}
