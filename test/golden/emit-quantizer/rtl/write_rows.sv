// Written by fastmamba.

// mover: Writes rows_out in bursts.
module write_rows (
  input  logic         clk,
  input  logic         rst,
  input  logic         start,  // one cycle; the first iteration is in the next
  output logic         done,  // high while nothing runs
  input  logic [6:0]   rows,  // 0..100: rows of 4 words
  input  logic [255:0] bytes_data,  // s8 x 32: quantized values
  input  logic         bytes_valid,
  output logic         bytes_ready,
  output logic         rows_out_request_valid,  // writes s8 x 32: rows, int8
  input  logic         rows_out_request_ready,
  output logic [31:0]  rows_out_request_word,  // address, in words
  output logic [31:0]  rows_out_request_words,  // consecutive words
  output logic [255:0] rows_out_data,
  output logic         rows_out_valid,
  input  logic         rows_out_ready
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

  // Bursts of rows_out, asked for ahead of the data.
  logic [6:0] rows_out_pass;
  wire rows_out_pass_last = rows_out_pass == pass_end;
  always_ff @(posedge clk)
    if (enter) rows_out_pass <= '0;
    else if (rows_out_request_valid & rows_out_request_ready) rows_out_pass <= rows_out_pass_last ? '0 : rows_out_pass + 7'd1;
  logic [8:0] burst_start;
  always_ff @(posedge clk) burst_start <= 9'(rows_out_pass) << 2;
  burst_requests #(.SETTLE_CYCLES(1)) rows_out_requests (
    .clk, .rst, .enter(enter), .last(rows_out_pass_last),
    .valid(rows_out_request_valid), .ready(rows_out_request_ready)
  );
  assign rows_out_request_word = 32'(burst_start);
  assign rows_out_request_words = 32'd4;

  // Stage 0: moved
  wire bytes_wanted = issue;
  wire [255:0] moved = bytes_data;
  wire rows_out_wanted = issue;
  wire [255:0] rows_out_word = moved;

  // Who waits: for a word, for room, for memory. A word moves in a cycle in which the whole process does.
  wire lacks_word = (bytes_wanted & ~bytes_valid);
  wire lacks_room = 1'b0;
  wire lacks_memory = (rows_out_wanted & ~rows_out_ready);
  assign en = running & ~(lacks_word | lacks_room | lacks_memory);
  assign bytes_ready = en & bytes_wanted;
  assign rows_out_valid = en & rows_out_wanted;
  assign rows_out_data = rows_out_word;
endmodule
