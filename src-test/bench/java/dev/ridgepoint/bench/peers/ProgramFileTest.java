package dev.ridgepoint.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgramFileTest {
  @TempDir private Path folder;

  private List<Program> read(String json) throws IOException {
    return ProgramFile.read(Files.writeString(folder.resolve("programs.json"), json));
  }

  @Test
  void readsWhatIsGivenAndSupposesTheRest() throws IOException {
    List<Program> programs =
        read(
            """
            {
              "first": {"prefill": {"command": ["a", "{model}", "-p{prompt}"]}},
              "second": {
                "build": "7", "instructions": "AVX2", "notes": "slow", "dtypes": ["q8_0", "F32"],
                "decode": {"command": ["b", "{context}", "{steps}"], "rate": "rate: (.*)"}
              }
            }
            """);
    assertEquals(List.of("first", "second"), programs.stream().map(Program::name).toList());
    Program first = programs.get(0);
    assertEquals(Optional.empty(), first.build());
    assertEquals(Optional.empty(), first.decode());
    assertEquals(EnumSet.copyOf(DType.encoded()), first.dtypes());
    assertEquals(List.of("a", "{model}", "-p{prompt}"), first.prefill().get().command());
    assertEquals(Optional.empty(), first.prefill().get().rate());
    Program second = programs.get(1);
    assertEquals(Optional.of("7"), second.build());
    assertEquals(Optional.of("AVX2"), second.instructions());
    assertEquals("slow", second.notes());
    assertEquals(Set.of(DType.Q8_0, DType.F32), second.dtypes());
    assertEquals("rate: (.*)", second.decode().get().rate().get().pattern());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'x': 1}|x must be an object, but is 1",
        "{'x': {}}|x.prefill is missing, and so is decode",
        "{'x': {'speed': 1}}|x.speed is not supported",
        "{'x': {'prefill': {}}}|x.prefill.command is missing",
        "{'x': {'prefill': {'command': []}}}|x.prefill.command has no word",
        "{'x': {'prefill': {'command': ['a', '{steps}']}}}|x.prefill.command has {steps}; known"
            + " are",
        "{'x': {'decode': {'command': ['a{prompt}']}}}|x.decode.command has {prompt}; known are",
        "{'x': {'decode': {'command': ['a'], 'rate': '('}}}|x.decode.rate is no regular expression",
        "{'x': {'decode': {'command': ['a'], 'rate': 'b'}}}|x.decode.rate must have one group",
        "{'x': {'decode': {'command': ['a']}, 'dtypes': ['q9']}}|x.dtypes holds \"q9\"",
      },
      quoteCharacter = '`')
  void refusesInOneLineThatNamesTheField(String json, String expected) {
    InvalidInputException refusal =
        assertThrows(InvalidInputException.class, () -> read(json.replace('\'', '"')));
    assertTrue(refusal.getMessage().contains("programs.json: " + expected), refusal.getMessage());
    assertEquals(1, refusal.getMessage().lines().count());
  }
}
