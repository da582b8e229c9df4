// Written by fastmamba.

// HAT: Butterflies within a word, in blocks of 4 lanes.
module hat_lanes (
  input  logic        clk,
  input  logic        rst,
  input  logic        start,  // one cycle; the first iteration is in the next
  output logic        done,  // high while nothing runs
  input  logic [8:0]  words,  // 0..400: words of 4 lanes
  input  logic [63:0] input_data,  // s16.11 x 4: values
  input  logic        input_valid,
  output logic        input_ready,
  output logic [71:0] hat_stage_2_data,  // s18 x 4: Sums and differences over 4 neighbours, within a word.
  output logic        hat_stage_2_valid,
  input  logic        hat_stage_2_ready
);

  // Prologue: a register after every operation; the call starts when all have settled.
  logic any;  // the nest has iterations in this call
  always_ff @(posedge clk) any <= 9'd0 < words;
  logic [8:0] word_end;
  always_ff @(posedge clk) word_end <= 9'(words - 9'd1);

  // One enable moves the whole process; it is held while a stage in use waits for a channel or for memory.
  wire en;

  // A nest begins in the cycle after the one before it has left the pipeline.
  wire running;
  wire enter, finish;
  nest_sequence #(.NESTS(1)) nests (
    .clk, .rst, .start, .running,
    .any(any),
    .enter(enter),
    .finish(finish)
  );
  assign done = ~running;

  // Nest Butterflies (word): 1 stage, an iteration every cycle.
  wire issue;  // an iteration begins
  logic [8:0] word;
  wire word_last = word == word_end;
  always_ff @(posedge clk)
    if (enter) word <= '0;
    else if (en & issue) word <= word_last ? '0 : word + 9'd1;
  nest_control #(.STAGES(1), .INTERVAL(1)) control (
    .clk, .rst, .en, .enter(enter), .last(word_last),
    .issue(issue), .finish(finish)
  );

  // Stage 0: values, lower_1, upper_1, sums_1, differences_1, distance_1, sums_2, differences_2
  wire input_wanted = issue;
  wire [63:0] values = input_data;
  wire [31:0] lower_1;
  assign lower_1[0 +: 16] = $signed(values[0 +: 16]);
  assign lower_1[16 +: 16] = $signed(values[32 +: 16]);
  wire [31:0] upper_1;
  assign upper_1[0 +: 16] = $signed(values[16 +: 16]);
  assign upper_1[16 +: 16] = $signed(values[48 +: 16]);
  for (genvar i = 0; i < 2; ++i) begin : differences_1_lanes
    wire signed [16:0] sums_1 = 17'($signed(lower_1[16 * i +: 16])) + 17'($signed(upper_1[16 * i +: 16]));
    wire signed [16:0] differences_1 = 17'($signed(lower_1[16 * i +: 16])) - 17'($signed(upper_1[16 * i +: 16]));
  end
  wire [67:0] distance_1;
  assign distance_1[0 +: 17] = differences_1_lanes[0].sums_1;
  assign distance_1[17 +: 17] = differences_1_lanes[0].differences_1;
  assign distance_1[34 +: 17] = differences_1_lanes[1].sums_1;
  assign distance_1[51 +: 17] = differences_1_lanes[1].differences_1;
  for (genvar i = 0; i < 2; ++i) begin : differences_2_lanes
    wire signed [17:0] sums_2 = 18'($signed(distance_1[17 * i +: 17])) + 18'($signed(distance_1[17 * (i + 2) +: 17]));
    wire signed [17:0] differences_2 = 18'($signed(distance_1[17 * i +: 17])) - 18'($signed(distance_1[17 * (i + 2) +: 17]));
  end
  wire hat_stage_2_wanted = issue;
  wire [71:0] hat_stage_2_word;
  for (genvar i = 0; i < 2; ++i) begin : hat_stage_2_word_pack
    assign hat_stage_2_word[18 * i +: 18] = differences_2_lanes[i].sums_2;
  end
  for (genvar i = 0; i < 2; ++i) begin : hat_stage_2_word_pack_2
    assign hat_stage_2_word[18 * (i + 2) +: 18] = differences_2_lanes[i].differences_2;
  end

  // Who waits: for a word, for room, for memory. A word moves in a cycle in which the whole process does.
  wire lacks_word = (input_wanted & ~input_valid);
  wire lacks_room = (hat_stage_2_wanted & ~hat_stage_2_ready);
  wire lacks_memory = 1'b0;
  assign en = running & ~(lacks_word | lacks_room | lacks_memory);
  assign input_ready = en & input_wanted;
  assign hat_stage_2_valid = en & hat_stage_2_wanted;
  assign hat_stage_2_data = hat_stage_2_word;
endmodule
