// Written by fastmamba.

// mover: Reads rows_in in bursts.
module read_rows (
  input  logic         clk,
  input  logic         rst,
  input  logic         start,  // one cycle; the first iteration is in the next
  output logic         done,  // high while nothing runs
  input  logic [6:0]   rows,  // 0..100: rows of 4 words
  input  logic [20:0]  from,  // 0..1048576: first word of the input
  output logic [511:0] values_data,  // s16.11 x 32: values of a row
  output logic         values_valid,
  input  logic         values_ready,
  output logic         rows_in_request_valid,  // reads s16 x 32: rows, int16
  input  logic         rows_in_request_ready,
  output logic [31:0]  rows_in_request_word,  // address, in words
  output logic [31:0]  rows_in_request_words,  // consecutive words
  input  logic [511:0] rows_in_data,
  input  logic         rows_in_valid,
  output logic         rows_in_ready
);

  // Prologue: a register after every operation; the call starts when all have settled.
  logic any;  // the nest has iterations in this call
  always_ff @(posedge clk) any <= 7'd0 < rows;
  logic [6:0] pass_end;
  always_ff @(posedge clk) pass_end <= 7'(rows - 7'd1);

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

  // Nest Move (pass, word): 1 stage, an iteration every cycle.
  wire issue;  // an iteration begins
  logic [1:0] word;
  wire word_last = word == 2'd3;
  always_ff @(posedge clk)
    if (enter) word <= '0;
    else if (en & issue) word <= word_last ? '0 : word + 2'd1;
  logic [6:0] pass;
  wire pass_last = pass == pass_end;
  always_ff @(posedge clk)
    if (enter) pass <= '0;
    else if (en & issue & word_last) pass <= pass_last ? '0 : pass + 7'd1;
  nest_control #(.STAGES(1), .INTERVAL(1)) control (
    .clk, .rst, .en, .enter(enter), .last(word_last & pass_last),
    .issue(issue), .finish(finish)
  );

  // Bursts of rows_in, asked for ahead of the data.
  logic [6:0] rows_in_pass;
  wire rows_in_pass_last = rows_in_pass == pass_end;
  always_ff @(posedge clk)
    if (enter) rows_in_pass <= '0;
    else if (rows_in_request_valid & rows_in_request_ready) rows_in_pass <= rows_in_pass_last ? '0 : rows_in_pass + 7'd1;
  logic [8:0] pass_times_4;
  always_ff @(posedge clk) pass_times_4 <= 9'(rows_in_pass) << 2;
  logic [20:0] burst_start;
  always_ff @(posedge clk) burst_start <= from + 21'(pass_times_4);
  burst_requests #(.SETTLE_CYCLES(2)) rows_in_requests (
    .clk, .rst, .enter(enter), .last(rows_in_pass_last),
    .valid(rows_in_request_valid), .ready(rows_in_request_ready)
  );
  assign rows_in_request_word = 32'(burst_start);
  assign rows_in_request_words = 32'd4;

  // Stage 0: moved
  wire rows_in_wanted = issue;
  wire [511:0] moved = rows_in_data;
  wire values_wanted = issue;
  wire [511:0] values_word = moved;

  // Who waits: for a word, for room, for memory. A word moves in a cycle in which the whole process does.
  wire lacks_word = 1'b0;
  wire lacks_room = (values_wanted & ~values_ready);
  wire lacks_memory = (rows_in_wanted & ~rows_in_valid);
  assign en = running & ~(lacks_word | lacks_room | lacks_memory);
  assign rows_in_ready = en & rows_in_wanted;
  assign values_valid = en & values_wanted;
  assign values_data = values_word;
endmodule
